//! The operator's page of the service, over a sandbox: by HTTP, and in Chromium.

mod browser;
mod forms;
mod injection;
mod login;
mod nodes;
mod overview;

use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use paylink::config::{Config, Variables};
use paylink::desk::{OrderStore, Stage};
use paylink_books::sqlx;
use paylink_example_shop::premises::of_sandbox;
use paylink_sandbox::Sandbox;
use paylink_server::{Premises, Right, SECTION, SETTINGS, ServeConfig, Server, new_event_secret};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What the texts of others are tried with.
const ODD: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "{{7*7}}",
    "ab\u{202e}cd",
    "سفارش ۷/الف",
];

/// A service over a sandbox of its own. Its shop never answers, so that events wait.
struct Office {
    sandbox: Sandbox,
    premises: Premises,
    url: String,
    client: Client<HttpConnector, String>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
    _folder: Option<TempDir>,
}

impl Office {
    async fn open() -> Office {
        let folder = tempfile::tempdir().unwrap();
        let books = folder.path().join("books.db").display().to_string();
        Office::over(&books, Some(folder)).await
    }

    /// Over these books, which are in the folder.
    async fn over(books: &str, folder: Option<TempDir>) -> Office {
        let sandbox = Sandbox::start().await.unwrap();
        let text = format!(
            "[serve]\nlisten = \"127.0.0.1:0\"\nbooks = {books:?}\nevents_url = \"http://127.0.0.1:1/\"\n\
             allow_private_events = true\nacknowledged_by = \"call\"\nlook_after_seconds = 600\n"
        );
        let secret = [("PAYLINK_SERVE_EVENT_SECRETS", new_event_secret())];
        let variables: Variables = secret.into_iter().collect();
        let config = Config::builder().section(SECTION, SETTINGS);
        let config = config.parse_toml(&text, &variables).unwrap();
        let serve = config.section(SECTION).unwrap().read(ServeConfig::read);
        let serve = serve.unwrap();
        let premises = Premises::open(&serve).await.unwrap();
        let accounts = of_sandbox(&sandbox).unwrap();
        let server = Server::bind(&serve, accounts, premises.clone()).await;
        let server = server.unwrap();
        let url = server.url().to_owned();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(server.run(async move {
            let _ = stopped.await;
        }));
        Office {
            sandbox,
            premises,
            url,
            client: Client::builder(TokioExecutor::new()).build_http(),
            stop,
            served,
            _folder: folder,
        }
    }

    async fn key(&self, rights: &[Right]) -> (String, String) {
        let made = self.premises.make_key("نگهبان", rights).await.unwrap();
        (made.id.clone(), made.expose().to_owned())
    }

    /// Sells something through the API.
    async fn sell(&self, order: &str, account: &str, toman: u32) -> Value {
        let (_, key) = self.key(&[Right::TakePayments]).await;
        let reference = if order.is_ascii() { order } else { "700" };
        let mut wish = json!({
            "order": order, "account": account, "amount": toman.to_string(), "currency": "IRT",
            "reference": format!("5{reference}"),
        });
        if account == "sizpay" {
            wish["mobile"] = json!("09122272730");
        }
        let request = Request::post(format!("{}/v1/orders", self.url))
            .header(header::AUTHORIZATION, format!("Bearer {key}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(wish.to_string());
        let answer = self.send(request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// The newest invoice is paid by somebody.
    fn pay_newest(&self) {
        let invoices = self.sandbox.zipay().invoices();
        let newest = invoices.last().unwrap();
        self.sandbox.zipay().pay(&newest.trackid).unwrap();
    }

    /// The newest order is paid, and somebody asks the provider until that is seen. The provider's notification may be faster.
    async fn is_paid(&self, order: &str) {
        self.pay_newest();
        let visitor = self.visitor(&[Right::Operate]).await;
        let name: String = url::form_urlencoded::byte_serialize(order.as_bytes()).collect();
        let check = format!("/operator/orders/{}/check", name.replace('+', "%20"));
        while self.stage(order).await != Stage::AwaitingDelivery {
            let checked = visitor.send(&check, &[]).await;
            let is_in_order = [StatusCode::SEE_OTHER, StatusCode::CONFLICT];
            assert!(is_in_order.contains(&checked.status), "{}", checked.body);
        }
    }

    async fn stage(&self, order: &str) -> Stage {
        let order = self.premises.books().load(order).await.unwrap();
        order.unwrap().ledger().stage()
    }

    /// Two orders, of which the dear one's ledger names the cheap one's invoice, which is paid: somebody was at the database.
    async fn sell_and_mix_up(&self, dear: &str, cheap: &str) {
        self.sell(dear, "zipay", 250_000).await;
        self.sell(cheap, "zipay", 1_000).await;
        self.is_paid(cheap).await;
        let ids: Vec<String> = self
            .sandbox
            .zipay()
            .invoices()
            .into_iter()
            .map(|it| it.trackid)
            .collect();
        let swap = "UPDATE paylink_orders SET ledger = replace(ledger, $1, $2) WHERE name = $3";
        sqlx::query(swap)
            .bind(&ids[0])
            .bind(&ids[1])
            .bind(dear)
            .execute(self.premises.books().sqlite_pool().unwrap())
            .await
            .unwrap();
    }

    async fn send(&self, request: Request<String>) -> Answer {
        let response = self.client.request(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: head.status,
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    async fn count(&self, statement: &'static str) -> i64 {
        let pool = self.premises.books().sqlite_pool().unwrap();
        sqlx::query_scalar(statement).fetch_one(pool).await.unwrap()
    }

    /// A browser without a screen, of somebody who is logged in with a key of these rights.
    async fn visitor(&self, rights: &[Right]) -> Visitor<'_> {
        let (id, key) = self.key(rights).await;
        let mut visitor = Visitor::of(self);
        let answer = visitor.log_in(&key).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        visitor.key = id;
        visitor
    }

    async fn close(self) {
        self.stop.send(()).unwrap();
        self.served.await.unwrap();
        self.sandbox.shutdown().await;
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn leads_to(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }
}

/// Somebody at the pages.
struct Visitor<'o> {
    office: &'o Office,
    key: String,
    cookie: String,
    origin: Option<String>,
    language: &'static str,
}

impl Visitor<'_> {
    fn of(office: &Office) -> Visitor<'_> {
        Visitor {
            office,
            key: String::new(),
            cookie: String::new(),
            origin: Some(office.url.clone()),
            language: "en",
        }
    }

    async fn ask(&self, method: Method, path: &str, body: String) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.office.url))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let cookies = format!("paylink-language={}; {}", self.language, self.cookie);
        request = request.header(header::COOKIE, cookies);
        if let Some(origin) = &self.origin {
            request = request.header(header::ORIGIN, origin);
        }
        self.office.send(request.body(body).unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, String::new()).await
    }

    /// A page that is there.
    async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.body
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.ask(Method::POST, path, body).await
    }

    /// The token that stands in the page's forms.
    async fn token(&self) -> String {
        let page = self.page("/operator").await;
        let (_, after) = page.split_once("name=\"token\" value=\"").unwrap();
        after.split_once('"').unwrap().0.to_owned()
    }

    /// Sends a form with its token.
    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token().await;
        let mut all = vec![("token", token.as_str())];
        all.extend(fields);
        self.post(path, &all).await
    }

    async fn log_in(&mut self, key: &str) -> Answer {
        let answer = self.post("/operator/login", &[("key", key)]).await;
        if let Some(cookie) = answer.headers.get(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            self.cookie = cookie.split_once(';').unwrap().0.to_owned();
        }
        answer
    }

    async fn is_logged_in(&self) -> bool {
        let answer = self.get("/operator").await;
        if answer.status == StatusCode::OK {
            return true;
        }
        assert_eq!(answer.leads_to(), "/operator/login?ended");
        false
    }
}

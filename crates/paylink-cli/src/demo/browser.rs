//! The payer's browser: as much HTTP as it takes to open a page and to submit a form, on loopback.

use std::net::SocketAddr;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HOST, LOCATION};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::journey::{Looked, Seen};

/// The most bytes of a page.
const LARGEST: usize = 256 * 1024;

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    /// Where the browser is to go next, whole.
    pub(crate) location: Option<String>,
    body: String,
    origin: String,
}

impl Page {
    /// Where the browser is sent, and whether this place is known.
    pub(crate) fn leads(self, place: impl FnOnce(&str) -> Option<&'static str>) -> Seen<String> {
        let location = self.location.unwrap_or_default();
        let place = place(&location).unwrap_or("elsewhere");
        Seen::with(location, format!("{} to {place}", self.status))
    }

    /// Where the form leads whose address ends in `end`, if the page has one.
    pub(crate) fn form(&self, end: &str) -> Option<String> {
        let forms = self.body.split("<form ").skip(1);
        forms
            .filter_map(|form| form.split_once('>'))
            .map(|(tag, _)| tag)
            .filter(|tag| tag.contains("method=\"post\""))
            .filter_map(|tag| tag.split_once("action=\"")?.1.split_once('"'))
            .map(|(action, _)| action.replace("&amp;", "&"))
            .find(|action| action.ends_with(end))
            .map(|action| absolute(&self.origin, &action))
    }
}

/// Opens a pay page as the payer does, and finds the form whose address ends so: a form to do this.
pub(crate) async fn open_form(link: &str, end: &str, what: &str) -> Looked<String> {
    let page = open(link).await?;
    match page.form(end) {
        Some(form) => Ok(Seen::with(form, format!("{}, {what}", page.status)).note(link)),
        None => Err(format!("{}, without {what}", page.status).into()),
    }
}

/// Opens a page.
pub(crate) async fn open(url: &str) -> Result<Page, &'static str> {
    send(Method::GET, url, String::new()).await
}

/// Submits a form with these fields.
pub(crate) async fn submit(url: &str, fields: &[(&str, &str)]) -> Result<Page, &'static str> {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    send(Method::POST, url, body.finish()).await
}

async fn send(method: Method, url: &str, body: String) -> Result<Page, &'static str> {
    let uri: Uri = url.parse().map_err(|_| ADDRESS)?;
    let authority = uri.authority().ok_or(ADDRESS)?.to_string();
    // A demo goes nowhere but to this machine, whatever a link says.
    let server: SocketAddr = authority.parse().map_err(|_| ADDRESS)?;
    if uri.scheme_str() != Some("http") || !server.ip().is_loopback() {
        return Err(ADDRESS);
    }
    let stream = TcpStream::connect(server).await.map_err(|_| CONNECTION)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|_| CONNECTION)?;
    tokio::spawn(connection);

    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, &authority)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::new(Bytes::from(body)))
        .map_err(|_| ADDRESS)?;
    let response = sender.send_request(request).await.map_err(|_| ANSWER)?;
    let status = response.status().as_u16();
    let origin = format!("http://{authority}");
    let location = response
        .headers()
        .get(LOCATION)
        .and_then(|value| value.to_str().ok());
    let location = location.map(|location| absolute(&origin, location));
    let body = Limited::new(response.into_body(), LARGEST)
        .collect()
        .await
        .map_err(|_| ANSWER)?;
    let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    Ok(Page {
        status,
        location,
        body,
        origin,
    })
}

fn absolute(origin: &str, address: &str) -> String {
    if address.starts_with('/') {
        format!("{origin}{address}")
    } else {
        address.to_owned()
    }
}

/// Why there is no page.
const ADDRESS: &str = "the link does not lead to this machine";
const CONNECTION: &str = "nobody listens at the link";
const ANSWER: &str = "no whole answer came";

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str) -> Page {
        Page {
            status: 200,
            location: None,
            body: body.to_owned(),
            origin: "http://127.0.0.1:1".to_owned(),
        }
    }

    #[test]
    fn the_right_one_of_several_forms_is_found() {
        let page = page(
            r#"<form method="get" action="/x/pay"></form><form method="post" action="/x/decline"></form>
               <form method="post" action="/x/pay"><button>pay</button></form>"#,
        );
        assert_eq!(page.form("/pay").unwrap(), "http://127.0.0.1:1/x/pay");
        assert_eq!(page.form("/refund"), None);
    }

    #[tokio::test]
    async fn no_link_leads_away_from_this_machine() {
        for url in [
            "http://192.0.2.1:80/",
            "https://127.0.0.1:1/",
            "http://example.com/",
            "/x",
            "",
        ] {
            assert_eq!(open(url).await.unwrap_err(), ADDRESS, "{url}");
        }
    }
}

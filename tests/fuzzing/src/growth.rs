//! Inputs that grow without end, so that a test sees whether what they cost grows faster.

/// A family of documents, by their size.
#[derive(Clone, Copy)]
pub struct Family {
    /// What grows.
    pub name: &'static str,
    /// The document of this size; twice the size makes it twice as long.
    pub document: fn(usize) -> String,
}

impl std::fmt::Debug for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

const fn family(name: &'static str, document: fn(usize) -> String) -> Family {
    Family { name, document }
}

/// JSON that a provider could send to any question.
pub const JSON: &[Family] = &[
    family("a long text", |size| {
        format!(r#"{{"message":"{}"}}"#, "a".repeat(size * 16))
    }),
    family("escapes", |size| {
        format!(r#"{{"message":"{}"}}"#, "\\u06f1".repeat(size * 3))
    }),
    family("members", |size| {
        let member = |number: usize| format!(r#""m{number:06}":{number:06}"#);
        let members: Vec<String> = (0..size).map(member).collect();
        format!("{{{}}}", members.join(","))
    }),
    family("one member again and again", |size| {
        format!("{{{}}}", vec![r#""PayLinkListStatus":0"#; size].join(","))
    }),
    family("a list under every name", |size| {
        let list = vec![r#"{"id":1,"payed":true}"#; size].join(",");
        format!(
            r#"{{"items":[{list}],"result":[{list}],"cart":[{list}],"PayLinkListStatus":[{list}]}}"#
        )
    }),
    family("a list of links", |size| {
        let link = r#"{"PayLinkSendID":26041,"PayLinkStatus":1,"PayLinkRefNo":"880012345678"}"#;
        format!(
            r#"{{"ResCod":1,"PayLinkListStatus":[{}]}}"#,
            vec![link; size].join(",")
        )
    }),
    family("a refusal with a list", |size| {
        let list = vec!["[0]"; size].join(",");
        format!(
            r#"{{"success":false,"status":422,"hasError":true,"errorCode":1,"ResCod":2,"code":3,"x":[{list}]}}"#
        )
    }),
    family("an open nest", |size| "[{\"a\":".repeat(size * 2)),
    family("a long number", |size| {
        format!(r#"{{"ResCod":{},"amount":1}}"#, "1".repeat(size * 16))
    }),
    family("bare cards", |size| {
        format!(
            "[{}]",
            vec![r#"{"number":"6274129005473742"}"#; size].join(",")
        )
    }),
    family("space", |size| format!("{}{{}}", " ".repeat(size * 16))),
];

/// XML that a service could send to any call.
pub const XML: &[Family] = &[
    family("elements", |size| envelope(&"<a>1</a>".repeat(size * 2))),
    family("one field again and again", |size| {
        envelope(&"<ResCod>1</ResCod>".repeat(size))
    }),
    family("attributes", |size| {
        let attribute = |number: usize| format!(" a{number:06}=\"1\"");
        let attributes: String = (0..size).map(attribute).collect();
        envelope(&format!("<ResCod{attributes}>1</ResCod>"))
    }),
    family("namespaces", |size| {
        let attribute = |number: usize| format!(" xmlns:a{number:06}=\"u\"");
        let attributes: String = (0..size).map(attribute).collect();
        envelope(&format!("<ResCod{attributes}>1</ResCod>"))
    }),
    family("an open nest", |size| envelope(&"<a>".repeat(size * 4))),
    family("entities", |size| {
        envelope(&format!("<Message>{}</Message>", "&amp;".repeat(size * 3)))
    }),
    family("comments", |size| envelope(&"<!-- -->".repeat(size * 2))),
    family("a list in text", |size| {
        let link = "{&quot;id&quot;:1,&quot;status&quot;:1}";
        envelope(&format!(
            "<ResCod>1</ResCod><prmPayLinkListStatus>[{}]</prmPayLinkListStatus>",
            vec![link; size].join(",")
        ))
    }),
];

/// Queries, forms and texts that anybody could bring.
pub const TEXTS: &[Family] = &[
    family("pairs", |size| "a=1&".repeat(size * 4)),
    family("encoded bytes", |size| {
        format!("trackid={}", "%41".repeat(size * 5))
    }),
    family("digits", |size| "1".repeat(size * 16)),
    family("Persian digits", |size| "۱".repeat(size * 8)),
    family("separators", |size| "1,".repeat(size * 8)),
    family("a path", |size| {
        format!("https://shop.example/{}", "a/".repeat(size * 8))
    }),
    family("sections", |size| {
        let section = |number: usize| format!("[accounts.a{number:06}]\nprovider = \"zipay\"\n");
        (0..size).map(section).collect()
    }),
    family("settings", |size| {
        let setting = |number: usize| format!("s{number:06} = 1\n");
        let settings: String = (0..size).map(setting).collect();
        format!("[zipay]\n{settings}")
    }),
    family("lines without sense", |size| "= [\n".repeat(size * 4)),
];

fn envelope(fields: &str) -> String {
    format!(
        r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><PayLinkSendSoapResponse><PayLinkSendSoapResult>{fields}</PayLinkSendSoapResult></PayLinkSendSoapResponse></soap:Body></soap:Envelope>"#
    )
}

use proptest::prelude::*;

use super::*;

fn problem(text: &str) -> String {
    WebUrl::parse(WebUrl::KEY, text)
        .unwrap_err()
        .problem()
        .to_owned()
}

#[test]
fn urls_of_every_allowed_character_keep_their_text() {
    for text in [
        "https://shop.example/back?lang=fa&a[]=1&b=%D9%BE#/there",
        "HTTP://SHOP.EXAMPLE:8080/-._~:/?[]@!$&'()*+,;=%2f",
        "http://[::1]:9/pay/7",
        "https://xn--mgba3gch31f.example",
        "https://me.sizpay.ir/hosseini/0200260411",
    ] {
        let url: WebUrl = text.parse().unwrap();
        assert_eq!(url.as_str(), text);
        assert_eq!(url.to_string(), text);
        assert_eq!(format!("{url:?}"), format!("{text:?}"));
        assert_eq!(serde_json::to_value(&url).unwrap(), text);
        let back: WebUrl = serde_json::from_value(text.into()).unwrap();
        assert_eq!(back, url);
    }
    let url: WebUrl = "HTTPS://Shop.Example/Back".parse().unwrap();
    assert_eq!((url.host(), url.is_https()), ("shop.example", true));
    assert!(!"http://shop.example".parse::<WebUrl>().unwrap().is_https());
}

#[test]
fn what_no_url_may_hold_is_refused_with_what_to_write() {
    for (text, problem, remedy) in [
        (
            "https://a.example/\"><script>",
            "holds a character that no URL has",
            "percent-encode it as %22",
        ),
        (
            "https://a.example/<b",
            "holds a character that no URL has",
            "percent-encode it as %3C",
        ),
        (
            "https://a.example/>b",
            "holds a character that no URL has",
            "percent-encode it as %3E",
        ),
        (
            "https://a.example/^",
            "holds a character that no URL has",
            "percent-encode it as %5E",
        ),
        (
            "https://a.example/`",
            "holds a character that no URL has",
            "percent-encode it as %60",
        ),
        (
            "https://a.example/{x}",
            "holds a character that no URL has",
            "percent-encode it as %7B",
        ),
        (
            "https://a.example/|",
            "holds a character that no URL has",
            "percent-encode it as %7C",
        ),
        (
            "https://a.example/}",
            "holds a character that no URL has",
            "percent-encode it as %7D",
        ),
        (
            "https://a.example\\back",
            "holds a backslash",
            "write / in its place",
        ),
        (
            "https:\\\\a.example",
            "holds a backslash",
            "write / in its place",
        ),
        (
            "https://a.example/?off=10%",
            "holds a % that encodes nothing",
            "percent-encode the sign itself as %25",
        ),
        (
            "https://a.example/%4",
            "holds a % that encodes nothing",
            "percent-encode the sign itself as %25",
        ),
        (
            "https://a.example/%4g",
            "holds a % that encodes nothing",
            "percent-encode the sign itself as %25",
        ),
        (
            "https://a.example/#a#b",
            "holds more than one #",
            "percent-encode it as %23",
        ),
        (
            "https://a.example/a b",
            "holds a space or a control character",
            "percent-encode it",
        ),
        (
            "https://a.example/\u{1b}[2J",
            "holds a space or a control character",
            "percent-encode it",
        ),
        (
            "https://a.example/\u{85}",
            "holds a space or a control character",
            "percent-encode it",
        ),
        (
            "https://a.example/\u{202e}",
            "holds a character outside ASCII",
            "percent-encode it",
        ),
        (
            "https://a.example/\u{2066}x",
            "holds a character outside ASCII",
            "percent-encode it",
        ),
        (
            "https://a.example/\u{200b}",
            "holds a character outside ASCII",
            "percent-encode it",
        ),
        (
            "https://a.example/بازگشت",
            "holds a character outside ASCII",
            "write https://a.example/%D8%A8%D8%A7%D8%B2%DA%AF%D8%B4%D8%AA",
        ),
        (
            "https://فروشگاه.example/?q=پ",
            "holds a character outside ASCII",
            "write https://xn--mgbxqm0c0f.example/?q=%D9%BE",
        ),
    ] {
        let error = WebUrl::parse(WebUrl::KEY, text).unwrap_err();
        assert_eq!(
            (error.label(), error.problem()),
            ("URL", problem),
            "{text:?}"
        );
        if remedy.starts_with("write https://xn--") {
            assert!(
                error.remedy().unwrap().starts_with("write https://xn--"),
                "{error}"
            );
        } else {
            assert_eq!(error.remedy(), Some(remedy), "{text:?}");
        }
        assert_eq!(crate::text::hidden(&error.to_string()), None, "{text:?}");
    }
    let long = format!("https://a.example/{}", "پ".repeat(90));
    let error = WebUrl::parse(WebUrl::KEY, &long).unwrap_err();
    assert_eq!(error.remedy(), Some("percent-encode it"));
}

#[test]
fn what_is_no_web_address_is_refused() {
    for (text, expected) in [
        ("", "is not an http or https URL"),
        ("shop.example/back", "is not an http or https URL"),
        ("ftp://shop.example/", "is not an http or https URL"),
        ("javascript:alert(1)", "is not an http or https URL"),
        ("myapp://back", "is not an http or https URL"),
        ("http:", "is not an http or https URL"),
        ("https:/shop.example", "is not an http or https URL"),
        ("https://", "is not a URL"),
        ("https:///back", "names no host"),
        ("http:////a.example", "names no host"),
        ("https://a.example:99999/", "is not a URL"),
        ("https://me@a.example/", "holds a user name or password"),
        ("https://:pw@a.example/", "holds a user name or password"),
    ] {
        assert_eq!(problem(text), expected, "{text}");
    }
}

#[test]
fn the_bound_is_two_thousand_characters() {
    let fits = format!("https://a.example/{}", "x".repeat(1_982));
    assert_eq!(fits.len(), 2_000);
    assert!(fits.parse::<WebUrl>().is_ok());
    assert_eq!(
        problem(&format!("{fits}x")),
        "is longer than 2000 characters"
    );
}

#[test]
fn a_url_with_an_at_sign_is_not_repeated() {
    for text in [
        "https://shop:s3cr3t@a.example/",
        "https://shop:s3cr3t@a.example/پ",
        "https://shop:s3cr3t@a.example/<",
        "shop:s3cr3t@a.example",
    ] {
        let error = WebUrl::parse(WebUrl::KEY, text).unwrap_err();
        assert!(!error.to_string().contains("s3cr3t"), "{error}");
    }
    assert!("https://a.example/@shop".parse::<WebUrl>().is_ok());
}

#[test]
fn only_text_is_read_from_storage() {
    for document in [
        "7",
        "null",
        "[\"https://a.example\"]",
        "\"myapp://back\"",
        "\"https://a.example/\\\"\"",
    ] {
        assert!(
            serde_json::from_str::<WebUrl>(document).is_err(),
            "{document}"
        );
    }
}

proptest! {
    /// Whatever passes can be printed as it is, and stands in a quoted attribute without ending it.
    #[test]
    fn a_url_holds_nothing_that_steers(text in "https?://a\\.example/\\PC{0,20}|https://a.example/[ -~]{0,20}") {
        if let Ok(url) = text.parse::<WebUrl>() {
            prop_assert!(url.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
            let steers = url.as_str().contains(['"', '<', '>', '\\', '^', '`', '{', '|', '}']);
            prop_assert!(!steers);
            prop_assert_eq!(url.as_str(), text.as_str());
        }
    }

    #[test]
    fn what_to_write_instead_is_taken(path in "[آ-ی a-z\"<>^%]{1,12}") {
        let text = format!("https://a.example/{path}");
        if let Err(error) = text.parse::<WebUrl>()
            && let Some(better) = error.remedy().and_then(|remedy| remedy.strip_prefix("write https"))
        {
            let better = format!("https{better}");
            prop_assert!(better.parse::<WebUrl>().is_ok(), "{}", better);
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = text.parse::<WebUrl>();
        let _ = format!("https://{text}").parse::<WebUrl>();
    }
}

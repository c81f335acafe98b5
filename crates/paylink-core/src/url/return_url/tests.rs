use proptest::prelude::*;

use super::*;

const NAMES: [&str; 3] = ["trackid", "invoice_number", "invoiceId"];

fn web(text: &str) -> Result<ReturnUrl, Invalid> {
    ReturnUrl::parse(ReturnUrl::KEY, text)
}

fn app(text: &str) -> Result<ReturnUrl, Invalid> {
    ReturnUrl::parse_app(ReturnUrl::KEY, text)
}

#[test]
fn an_address_keeps_its_text() {
    let back = web("https://Shop.example/back?order=1000&x=%D9%BE").unwrap();
    assert_eq!(
        back.as_str(),
        "https://Shop.example/back?order=1000&x=%D9%BE"
    );
    assert_eq!(back.to_string(), back.as_str());
    assert_eq!(format!("{back:?}"), format!("{:?}", back.as_str()));
    assert_eq!(serde_json::to_value(&back).unwrap(), back.as_str());
    assert_eq!(back.as_web().map(WebUrl::host), Some("shop.example"));
    assert!(!back.is_app());
}

#[test]
fn fragments_and_backslashes_are_refused_with_what_to_write() {
    for text in [
        "https://shop.example/#/back",
        "https://shop.example/back#",
        "https://shop.example/?a=1#b",
    ] {
        let error = web(text).unwrap_err();
        assert_eq!(
            (error.label(), error.problem()),
            ("return URL", "holds a fragment"),
            "{text}"
        );
        assert!(
            error
                .remedy()
                .unwrap()
                .starts_with("leave out # and what follows")
        );
    }
    assert_eq!(
        app("myapp://back#there").unwrap_err().problem(),
        "holds a fragment"
    );
    for text in [
        "https://shop.example\\back",
        "myapp:\\\\back",
        "myapp://a\\b",
    ] {
        for error in [web(text).unwrap_err(), app(text).unwrap_err()] {
            assert_eq!(error.problem(), "holds a backslash");
            assert_eq!(error.remedy(), Some("write / in its place"));
        }
    }
}

#[test]
fn an_apps_address_is_taken_where_it_is_said_to_be_one_and_nowhere_else() {
    for text in [
        "myapp://back",
        "ir.shop.app://pay/back?order=1000",
        "my-app+1.x://a:7/b",
        "shop2://back/",
    ] {
        let back = app(text).unwrap();
        assert_eq!(back.as_str(), text);
        assert!(back.is_app() && back.as_web().is_none());
        assert_eq!(
            web(text).unwrap_err().problem(),
            "is not an http or https URL"
        );
    }
}

#[test]
fn what_is_no_apps_address_is_refused() {
    for (text, problem) in [
        ("", "is not an address of an app"),
        ("myapp", "is not an address of an app"),
        ("myapp:back", "is not an address of an app"),
        ("myapp:/back", "is not an address of an app"),
        ("myapp://", "is not an address of an app"),
        ("myapp:///back", "is not an address of an app"),
        ("://back", "is not an address of an app"),
        ("c://back", "is not an address of an app"),
        ("MyApp://back", "is not an address of an app"),
        ("my_app://back", "is not an address of an app"),
        ("1app://back", "is not an address of an app"),
        ("myapp://me@back", "is not an address of an app"),
        ("myapp://:pw@back", "is not an address of an app"),
        (
            "http://shop.example/back",
            "is a web address, not one of an app",
        ),
        (
            "https://shop.example/back",
            "is a web address, not one of an app",
        ),
        (
            "javascript://%0aalert(1)",
            "has a scheme that no app may have as its own",
        ),
        (
            "data://text/html,x",
            "has a scheme that no app may have as its own",
        ),
        (
            "file://etc/passwd",
            "has a scheme that no app may have as its own",
        ),
        ("myapp://back?a=\"", "holds a character that no URL has"),
        ("myapp://back\u{202e}", "holds a character outside ASCII"),
    ] {
        let error = app(text).unwrap_err();
        assert_eq!(
            (error.label(), error.problem()),
            ("return URL", problem),
            "{text}"
        );
        assert!(error.remedy().is_some(), "{text}");
    }
    assert!(
        !app("myapp://:s3cr3t@back")
            .unwrap_err()
            .to_string()
            .contains("s3cr3t")
    );
    for scheme in NOT_OF_AN_APP {
        assert!(app(&format!("{scheme}://back")).is_err(), "{scheme}");
    }
    let fits = format!("myapp://{}", "x".repeat(1_992));
    assert!(app(&fits).is_ok());
    assert_eq!(
        app(&format!("{fits}x")).unwrap_err().problem(),
        "is longer than 2000 characters"
    );
}

#[test]
fn the_providers_own_names_are_refused_however_they_are_written() {
    for query in [
        "trackid=7",
        "a=1&trackid=7",
        "trackid",
        "TrackID=7",
        "track%69d=7",
        "trackid[]=7",
        "trackid%5B%5D=7",
        "invoice.number=7",
        "invoice%20number=7",
        "invoice+number=7",
        "%20trackid=7",
        "invoiceid=7",
    ] {
        for back in [
            web(&format!("https://shop.example/back?{query}")),
            app(&format!("myapp://back?{query}")),
        ] {
            let error = back
                .unwrap()
                .check_query_names(ReturnUrl::KEY, &NAMES)
                .unwrap_err();
            assert_eq!(error.key(), "return_url");
            assert!(error.problem().starts_with("has a parameter "), "{query}");
            assert_eq!(
                error.remedy(),
                Some("call it something else, such as order")
            );
        }
    }
    for query in [
        "",
        "order=trackid",
        "trackids=7",
        "track_id=7",
        "x=1&invoice=2",
        "[trackid]=7",
    ] {
        let back = web(&format!("https://shop.example/trackid?{query}")).unwrap();
        assert!(
            back.check_query_names(ReturnUrl::KEY, &NAMES).is_ok(),
            "{query}"
        );
    }
    assert!(
        web("https://shop.example/back")
            .unwrap()
            .check_query_names(ReturnUrl::KEY, &NAMES)
            .is_ok()
    );
}

proptest! {
    /// What a provider adds to the query stands there alone: no reader finds another value under its name.
    #[test]
    fn what_the_provider_adds_is_read_back(query in "[a-zA-Z=&.%+_d-]{0,24}") {
        let Ok(back) = web(&format!("https://shop.example/back?{query}")) else { return Ok(()) };
        if back.check_query_names(ReturnUrl::KEY, &NAMES).is_ok() {
            let returned = format!("{back}&trackid=de7d44ae");
            let url = Url::parse(&returned).unwrap();
            let found: Vec<_> = url.query_pairs().filter(|(name, _)| name == "trackid").collect();
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!(&found[0].1, "de7d44ae");
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = web(&text);
        let _ = app(&text);
        let _ = app(&format!("myapp://{text}"));
    }
}

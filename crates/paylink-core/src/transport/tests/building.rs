use super::*;

fn refused(builder: TransportBuilder, why: &str) {
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert!(error.to_string().contains(why), "{error}");
}

#[test]
fn timeouts_have_to_be_in_order() {
    let of = |connect, attempt, total| {
        Transport::builder().timeouts(Timeouts {
            connect: Duration::from_secs(connect),
            attempt: Duration::from_secs(attempt),
            total: Duration::from_secs(total),
        })
    };
    for (connect, attempt, total) in [(0, 1, 1), (1, 1, 1), (2, 1, 3), (1, 3, 2)] {
        refused(of(connect, attempt, total), "connect < attempt <= total");
    }
    assert!(of(1, 2, 2).build().is_ok());
    assert!(of(1, 2, 3).build().is_ok());
}

#[test]
fn a_call_needs_an_attempt() {
    refused(Transport::builder().attempts(0), "at least one attempt");
}

#[test]
fn an_extra_root_has_to_hold_a_certificate() {
    let with = |pem: &str| Transport::builder().extra_root_certificates(pem);
    refused(with(""), "holds no certificate");
    refused(with("no PEM at all"), "holds no certificate");
    refused(
        with("-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n"),
        "is not PEM",
    );
    let good = paylink_testkit::ca_pem().unwrap();
    refused(
        with(good).extra_root_certificates(""),
        "holds no certificate",
    );
    assert!(with(good).extra_root_certificates(good).build().is_ok());
}

#[test]
fn what_is_shown_holds_no_secret() {
    let shown = format!("{:?}", transport());
    assert!(
        shown.contains("timeouts") && shown.contains("attempts: 3"),
        "{shown}"
    );
}

#[tokio::test]
async fn an_answer_has_a_largest_size() {
    for (length, fits) in [(256 * 1024, true), (256 * 1024 + 1, false)] {
        for behaviour in [
            faults::answer(&Answer::json(vec![b'a'; length])),
            faults::answer_in_chunks(&Answer::json(vec![b'a'; length])),
        ] {
            let server = serving(behaviour).await;
            let error = ask::<Read>(&transport(), &server).await.unwrap_err();
            let kind = if fits {
                ErrorKind::Untrusted
            } else {
                ErrorKind::TooLarge
            };
            assert_eq!((error.kind(), error.attempts()), (kind, 1), "{length}");
        }
    }
}

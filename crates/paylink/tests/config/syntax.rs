//! What is said of a text that is not TOML, or not what was meant.

use paylink::config::{Config, Variables};

use crate::place::{Place, config, problem};

/// What is wrong with a text, without the name of the place.
fn told(text: &str) -> String {
    let error = Config::from_toml(text, &Variables::default()).unwrap_err();
    let all = format!("{error} {error:?} {error:#?}");
    assert!(!all.contains("s3cr3t"), "{all}");
    let told = error.to_string();
    let told = told.strip_prefix("the configuration is not TOML in ");
    told.unwrap_or_else(|| panic!("{error}")).to_owned()
}

#[test]
fn what_is_not_toml_is_told_by_its_place_with_what_to_write() {
    let lines = [
        "api_key = s3cr3t",
        "terminal = 1003s3cr3t",
        "base_url = https://s3cr3t.example/",
        "api_key = \"s3cr3t",
        "api_key = 's3cr3t",
        "api_key = s3cr3t\"",
        "api_key = “s3cr3t”",
        "api_key = \"s3cr\u{1}3t\"",
        r#"api_key_file = "C:\Users\s3cr3t""#,
        r#"api_key_file = "C:\keys\s3cr3t""#,
        r#"api_key_file = "C:\xs3cr3t""#,
        "terminal =",
        "terminal = # later",
        "terminal",
        "terminal: 1003",
        "terminal = 1,003",
        "api_key = 's3cr3t's",
        "terminal = 0123",
        "terminal = 1.5.2",
        "terminal = 2026-13-01",
        "terminal = 1__003",
        "terminal = 0x3EG",
        "terminal = 0X3EB",
        "terminal = -0x3EB",
        "terminal = ++1003",
        "any_content_type = True",
        "api key = \"s3cr3t\"",
        "\u{a0}api_key = \"s3cr3t\"",
        "\"api_key = 1",
        "api_key == \"s3cr3t\"",
        "export PAYLINK_ZIPAY_API_KEY=s3cr3t",
        "// s3cr3t",
        "; s3cr3t",
        "[pod",
        "[accounts.main s3cr3t]",
        "pod]",
        "[pod] token = \"s3cr3t\"",
        "[]",
        "[accounts.]",
        "[zipay]",
    ];
    let mut all = String::new();
    for line in lines {
        let told = told(&format!("[zipay]\n\n{line}\n"));
        all += &format!("{line}\n  {told}\n");
    }
    for text in [
        "[zipay]\napi_key = \"s3cr3t\"\napi_key = \"s3cr3t\"\n",
        "{\"zipay\": {\"api_key\": \"s3cr3t\"}}",
        "zipay:\n  terminal: 1003\n",
        "[zipay]\r\nterminal = 1\rapi_key = \"s3cr3t\"\r\n",
        "[zipay]\napi_key = \"\"\"s3cr3t\nterminal = 1\n",
    ] {
        all += &format!("{}\n  {}\n", text.trim_end(), told(text));
    }
    insta::assert_snapshot!(all.replace(['\r', '\u{1}'], "?"), @r#"
    api_key = s3cr3t
      line 3, column 11: the value has no quotes: write text in quotes, such as api_key = "…"; whole numbers, true and false go without
    terminal = 1003s3cr3t
      line 3, column 12: the value has no quotes: write text in quotes, such as api_key = "…"; whole numbers, true and false go without
    base_url = https://s3cr3t.example/
      line 3, column 12: the value has no quotes: write text in quotes, such as api_key = "…"; whole numbers, true and false go without
    api_key = "s3cr3t
      line 3, column 18: the text has no quote at its end: close it with the quote that it begins with
    api_key = 's3cr3t
      line 3, column 18: the text has no quote at its end: close it with the quote that it begins with
    api_key = s3cr3t"
      line 3, column 11: the text has no quote at its begin: write text in quotes, such as api_key = "…"; whole numbers, true and false go without
    api_key = “s3cr3t”
      line 3, column 11: these quotes are not those of TOML: write text in plain quotes, "…" or '…'
    api_key = "s3cr?3t"
      line 3, column 16: there is a control character in the text: type the line again
    api_key_file = "C:\Users\s3cr3t"
      line 3, column 21: between double quotes, \ has a meaning of its own: write a path in single quotes, 'C:\keys\zipay', or with / in place of \
    api_key_file = "C:\keys\s3cr3t"
      line 3, column 20: between double quotes, \ has a meaning of its own: write a path in single quotes, 'C:\keys\zipay', or with / in place of \
    api_key_file = "C:\xs3cr3t"
      line 3, column 21: between double quotes, \ has a meaning of its own: write a path in single quotes, 'C:\keys\zipay', or with / in place of \
    terminal =
      line 3, column 11: there is no value behind =: write one, or take the line out
    terminal = # later
      line 3, column 12: there is no value behind =: write one, or take the line out
    terminal
      line 3, column 9: a name stands here without = and a value: write a setting as api_key = "…"
    terminal: 1003
      line 3, column 9: a : stands where = is due: write a setting as api_key = "…"
    terminal = 1,003
      line 3, column 13: something stands behind the value: write one setting a line, numbers with thousands marks in quotes, remarks after #, and text that holds a quote in the other kind of quotes
    api_key = 's3cr3t's
      line 3, column 19: something stands behind the value: write one setting a line, numbers with thousands marks in quotes, remarks after #, and text that holds a quote in the other kind of quotes
    terminal = 0123
      line 3, column 12: a number begins with a zero: leave the zero out, or write it in quotes if it is text
    terminal = 1.5.2
      line 3, column 15: the value is neither a whole number nor text: write text in quotes, such as api_key = "…"; whole numbers, true and false go without
    terminal = 2026-13-01
      line 3, column 12: the value is neither a whole number nor text: write text in quotes, such as api_key = "…"; whole numbers, true and false go without
    terminal = 1__003
      line 3, column 13: the value is neither a whole number nor text: write text in quotes, such as api_key = "…"; whole numbers, true and false go without
    terminal = 0x3EG
      line 3, column 16: the value is neither a whole number nor text: write text in quotes, such as api_key = "…"; whole numbers, true and false go without
    terminal = 0X3EB
      line 3, column 12: the value is neither a whole number nor text: write text in quotes, such as api_key = "…"; whole numbers, true and false go without
    terminal = -0x3EB
      line 3, column 12: the value is neither a whole number nor text: write text in quotes, such as api_key = "…"; whole numbers, true and false go without
    terminal = ++1003
      line 3, column 13: the value is neither a whole number nor text: write text in quotes, such as api_key = "…"; whole numbers, true and false go without
    any_content_type = True
      line 3, column 20: a switch is written in small letters: write true or false
    api key = "s3cr3t"
      line 3, column 5: a setting's name is made of a-z, 0-9, _ and -, without blanks: write a setting as api_key = "…"
     api_key = "s3cr3t"
      line 3, column 1: a setting's name is made of a-z, 0-9, _ and -, without blanks: write a setting as api_key = "…"
    "api_key = 1
      line 3, column 13: a setting's name has no quotes: write a setting as api_key = "…"
    api_key == "s3cr3t"
      line 3, column 10: there is one = too many: write a setting as api_key = "…"
    export PAYLINK_ZIPAY_API_KEY=s3cr3t
      line 3, column 8: this is a line for a shell: write the setting as terminal = 1003 under [zipay], or set the variable in the environment
    // s3cr3t
      line 3, column 1: a remark begins with #: write # in its place
    ; s3cr3t
      line 3, column 1: a remark begins with #: write # in its place
    [pod
      line 3, column 5: a section's name has no blank and ends with ]: write a section as [zipay] or [accounts.branch], on a line of its own
    [accounts.main s3cr3t]
      line 3, column 15: a section's name has no blank and ends with ]: write a section as [zipay] or [accounts.branch], on a line of its own
    pod]
      line 3, column 4: a section's name does not begin with [: write a section as [zipay] or [accounts.branch], on a line of its own
    [pod] token = "s3cr3t"
      line 3, column 7: something stands behind the section's name: write a section as [zipay] or [accounts.branch], on a line of its own
    []
      line 3, column 2: a section has no name, or an empty part: write a section as [zipay] or [accounts.branch], on a line of its own
    [accounts.]
      line 3, column 11: a section has no name, or an empty part: write a section as [zipay] or [accounts.branch], on a line of its own
    [zipay]
      line 3, column 2: the section stands here a second time: write all its settings under one of them
    [zipay]
    api_key = "s3cr3t"
    api_key = "s3cr3t"
      line 3, column 1: the setting stands here a second time: take one of the lines out
    {"zipay": {"api_key": "s3cr3t"}}
      line 1, column 1: this looks like JSON: write a section as [zipay] or [accounts.branch], on a line of its own
    zipay:
      terminal: 1003
      line 1, column 6: a : stands where = is due: write a setting as api_key = "…"
    [zipay]?
    terminal = 1?api_key = "s3cr3t"
      line 2, column 14: there is a control character in the text: type the line again
    [zipay]
    api_key = """s3cr3t
    terminal = 1
      line 4, column 1: the text has no quote at its end: close it with the quote that it begins with
    "#);
}

/// `\t` and `\n` are escapes that TOML knows, so that nothing but the value itself tells.
#[test]
fn a_windows_path_that_toml_reads_otherwise_is_found() {
    let remedy = r"write a path in single quotes, 'C:\keys\zipay', or with / in place of \";
    let rest = "[zipay]\napi_key = \"a\"\nterminal = 1\n";
    for path in [
        r"C:\temp\new",
        r"\\server\new",
        r"keys\new",
        r"C:\\keys\new",
    ] {
        let told = problem(&config(
            &format!("{rest}secret_key_file = \"{path}\"\n"),
            &[],
        ));
        assert_eq!(
            told,
            format!(
                "account zipay: secret_key_file under [zipay] in the configuration holds a control character, \
                 such as the tab that \\t stands for in double quotes: {remedy}"
            )
        );
    }
    let told = problem(&config(
        rest,
        &[("PAYLINK_ZIPAY_SECRET_KEY_FILE", "C:\temp")],
    ));
    assert!(
        told.starts_with("account zipay: PAYLINK_ZIPAY_SECRET_KEY_FILE holds a control character"),
        "{told}"
    );
    // What is no secret may be a path too.
    let told = problem(&config(
        "[sizpay]\nuser_name = \"u\"\npassword = \"p\"\npay_link_name = \"a\\new\"\n",
        &[],
    ));
    assert!(
        told.contains(
            "pay_link_name under [sizpay] in the configuration holds a control character"
        ),
        "{told}"
    );
    // As it is meant, it is a path that is not there.
    for written in [r"'C:\temp\new'", r#""C:\\temp\\new""#, "\"C:/temp/new\""] {
        let told = problem(&config(
            &format!("{rest}secret_key_file = {written}\n"),
            &[],
        ));
        assert!(told.contains(" cannot be read: "), "{told}");
    }
}

#[test]
fn a_number_that_is_too_large_is_told_as_that_number() {
    let rest = "[zipay]\napi_key = \"a\"\nsecret_key = \"s\"\n";
    let told = |number: &str| problem(&config(&format!("{rest}terminal = {number}\n"), &[]));
    assert_eq!(
        told("99999999999999999999"),
        "account zipay: terminal under [zipay] in the configuration \"99999999999999999999\" is larger than \
         18446744073709551615: check the number of digits"
    );
    assert_eq!(told("+99999999999999999999"), told("99999999999999999999"));
    let hexadecimal = told("0x1_0000_0000_0000_0000");
    assert!(
        hexadecimal.contains("\"0x10000000000000000\" is "),
        "{hexadecimal}"
    );
    assert!(told("-7").contains("\"-7\" is not a whole number above zero"));
    for number in ["1_003", "+1003", "0x3eb", "0b1111101011"] {
        let config = config(&format!("{rest}terminal = {number}\n"), &[]);
        let account = config.account("zipay").unwrap();
        let terminal = account
            .in_force()
            .find(|it| it.setting().key() == "terminal");
        assert_eq!(terminal.unwrap().value(), Some("1003"), "{number}");
    }
}

#[test]
fn a_file_is_read_with_a_mark_of_utf8_and_refused_in_utf16() {
    let text = "[zipay]\r\napi_key = \"a\"\r\nsecret_key = \"s\"\r\nterminal = 1\r\n";
    let place = Place::with(&format!("\u{feff}{text}"));
    assert!(crate::place::open(&place.config(&[])).is_ok());
    for mark in ["", "\u{feff}"] {
        let units: Vec<u16> = mark.encode_utf16().chain(text.encode_utf16()).collect();
        for bytes in [
            units
                .iter()
                .flat_map(|it| it.to_le_bytes())
                .collect::<Vec<u8>>(),
            units.iter().flat_map(|it| it.to_be_bytes()).collect(),
        ] {
            place.write("paylink/config.toml", bytes);
            let error = Config::load(place.file()).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "{} is a file in UTF-16: save it as UTF-8; PowerShell does so with `Out-File -Encoding utf8`",
                    place.file()
                )
            );
        }
    }
}

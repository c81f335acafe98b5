//! The page of the configuration names every setting of every provider.

#[test]
fn each_setting_stands_in_its_providers_row() {
    let page = include_str!("../../../docs/configuration.md");
    for provider in paylink::providers() {
        let begins = format!("| `{}` |", provider.name());
        let row = page.lines().find(|line| line.starts_with(&begins));
        let row = row.unwrap_or_else(|| panic!("{} has no row", provider.name()));
        for setting in provider.settings() {
            let key = setting.key();
            // POD has a key for each of its services, "and so on".
            let is_of_a_series = key.starts_with("api_key_");
            assert!(
                is_of_a_series || row.contains(&format!("`{key}`")),
                "{begins} {key}"
            );
        }
    }
}

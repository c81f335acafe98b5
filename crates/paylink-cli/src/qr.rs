use std::io::{self, IsTerminal};

use clap::ValueEnum;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

/// When to draw a link as a QR code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum When {
    /// When standard output is a terminal
    Auto,
    Always,
    Never,
}

/// The link as a QR code, if it is wanted and fits one.
///
/// Light modules are drawn and dark ones left out, which is right on a dark terminal; phones read the other as well.
pub(crate) fn code(link: &str, when: When) -> Option<String> {
    let wanted = match when {
        When::Auto => io::stdout().is_terminal(),
        When::Always => true,
        When::Never => false,
    };
    let code = wanted
        .then(|| QrCode::with_error_correction_level(link, EcLevel::L))?
        .ok()?;
    let drawn = code
        .render::<Dense1x2>()
        .dark_color(Dense1x2::Light)
        .light_color(Dense1x2::Dark)
        .build();
    Some(drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://zipay.io/invoice_v1/de7d44ae-9df9-487f-a175-ade1ecfab28b";

    #[test]
    fn a_pay_link_fits_into_a_terminal_of_80_columns() {
        let drawn = code(LINK, When::Always).unwrap();
        let widest = drawn
            .lines()
            .map(|line| line.chars().count())
            .max()
            .unwrap();
        assert!(
            widest <= 60 && drawn.lines().count() <= 24,
            "{widest} columns"
        );
    }

    #[test]
    fn the_finder_patterns_stand_in_their_corners() {
        let drawn = code(LINK, When::Always).unwrap();
        let lines: Vec<Vec<char>> = drawn.lines().map(|line| line.chars().collect()).collect();
        // Four modules of quiet zone are two full lines; then the dark edge of the pattern, over its light ring.
        assert!(
            lines[..2].iter().flatten().all(|&half| half == '█'),
            "{drawn}"
        );
        let edge: String = lines[2][4..11].iter().collect();
        assert_eq!(edge, " ▄▄▄▄▄ ", "{drawn}");
    }

    #[test]
    fn none_is_drawn_where_none_is_wanted_or_fits() {
        assert!(code(LINK, When::Never).is_none());
        assert!(code(&"x".repeat(5_000), When::Always).is_none());
    }
}

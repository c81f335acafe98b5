//! Whole numbers in words.

use super::Lang;

/// The words of one language.
struct Words {
    zero: &'static str,
    below_twenty: [&'static str; 20],
    tens: [&'static str; 10],
    hundreds: [&'static str; 10],
    /// Thousands, millions and so on.
    scales: [&'static str; 7],
}

static PERSIAN: Words = Words {
    zero: "صفر",
    below_twenty: [
        "",
        "یک",
        "دو",
        "سه",
        "چهار",
        "پنج",
        "شش",
        "هفت",
        "هشت",
        "نه",
        "ده",
        "یازده",
        "دوازده",
        "سیزده",
        "چهارده",
        "پانزده",
        "شانزده",
        "هفده",
        "هجده",
        "نوزده",
    ],
    tens: [
        "",
        "",
        "بیست",
        "سی",
        "چهل",
        "پنجاه",
        "شصت",
        "هفتاد",
        "هشتاد",
        "نود",
    ],
    hundreds: [
        "",
        "صد",
        "دویست",
        "سیصد",
        "چهارصد",
        "پانصد",
        "ششصد",
        "هفتصد",
        "هشتصد",
        "نهصد",
    ],
    scales: [
        "",
        "هزار",
        "میلیون",
        "میلیارد",
        "تریلیون",
        "کوادریلیون",
        "کوینتیلیون",
    ],
};

static ENGLISH: Words = Words {
    zero: "zero",
    below_twenty: [
        "",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ],
    tens: [
        "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ],
    hundreds: [
        "",
        "one hundred",
        "two hundred",
        "three hundred",
        "four hundred",
        "five hundred",
        "six hundred",
        "seven hundred",
        "eight hundred",
        "nine hundred",
    ],
    scales: [
        "",
        "thousand",
        "million",
        "billion",
        "trillion",
        "quadrillion",
        "quintillion",
    ],
};

/// Writes a number in words: `صد و بیست هزار`, `one hundred and twenty thousand`.
pub(super) fn in_words(number: u64, lang: Lang) -> String {
    let words = match lang {
        Lang::Persian => &PERSIAN,
        Lang::English => &ENGLISH,
    };
    if number == 0 {
        return words.zero.to_owned();
    }
    let mut groups = Vec::new();
    let mut rest = number;
    for scale in words.scales {
        let group = rest % 1000;
        rest /= 1000;
        if group > 0 {
            groups.push((group, scale));
        }
    }
    let written = groups.iter().rev().map(|(group, scale)| {
        match (lang, *group, *scale) {
            (_, group, "") => words.group(group, lang),
            // A thousand is said without its one.
            (Lang::Persian, 1, "هزار") => (*scale).to_owned(),
            (_, group, scale) => format!("{} {scale}", words.group(group, lang)),
        }
    });
    let written: Vec<String> = written.collect();
    match lang {
        Lang::Persian => written.join(" و "),
        Lang::English => match (written.as_slice(), groups.first()) {
            // Such as "one thousand and five".
            ([greater @ .., last], Some((1..100, ""))) if !greater.is_empty() => {
                format!("{} and {last}", greater.join(" "))
            }
            _ => written.join(" "),
        },
    }
}

impl Words {
    /// Writes a number below a thousand.
    fn group(&self, number: u64, lang: Lang) -> String {
        let (hundreds, below) = (number / 100, number % 100);
        let (tens, ones) = (below / 10, below % 10);
        let (and, hyphen) = match lang {
            Lang::Persian => (" و ", " و "),
            Lang::English => (" and ", "-"),
        };
        let below = match (below, tens, ones) {
            (0..20, _, _) => at(&self.below_twenty, below).to_owned(),
            (_, tens, 0) => at(&self.tens, tens).to_owned(),
            (_, tens, ones) => {
                format!(
                    "{}{hyphen}{}",
                    at(&self.tens, tens),
                    at(&self.below_twenty, ones)
                )
            }
        };
        let parts = [at(&self.hundreds, hundreds), &below];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(and)
    }
}

fn at(words: &[&'static str], place: u64) -> &'static str {
    let place = usize::try_from(place).unwrap_or_default();
    words.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        for (number, persian, english) in [
            (0, "صفر", "zero"),
            (7, "هفت", "seven"),
            (21, "بیست و یک", "twenty-one"),
            (100, "صد", "one hundred"),
            (1_000, "هزار", "one thousand"),
            (1_005, "هزار و پنج", "one thousand and five"),
            (120_000, "صد و بیست هزار", "one hundred and twenty thousand"),
            (
                1_001_100,
                "یک میلیون و هزار و صد",
                "one million one thousand one hundred",
            ),
            (
                25_000_319,
                "بیست و پنج میلیون و سیصد و نوزده",
                "twenty-five million three hundred and nineteen",
            ),
            (2_000_000_000, "دو میلیارد", "two billion"),
        ] {
            assert_eq!(in_words(number, Lang::Persian), persian);
            assert_eq!(in_words(number, Lang::English), english);
        }
    }

    /// Reads a number back from its words.
    fn read(text: &str, words: &Words) -> u64 {
        let find = |list: &[&str], word: &str| {
            let place = list.iter().position(|it| *it == word)?;
            u64::try_from(place).ok().filter(|_| !word.is_empty())
        };
        let hundred = text.replace(" hundred", "hundred");
        let compact: Vec<String> = words
            .hundreds
            .iter()
            .map(|it| it.replace(' ', ""))
            .collect();
        let compact: Vec<&str> = compact.iter().map(String::as_str).collect();
        let (mut total, mut group) = (0, 0);
        for word in hundred.replace('-', " ").split(' ') {
            if word == "و" || word == "and" || word == words.zero {
                continue;
            } else if let Some(ones) = find(&words.below_twenty, word) {
                group += ones;
            } else if let Some(tens) = find(&words.tens, word) {
                group += tens * 10;
            } else if let Some(hundreds) = find(&compact, word) {
                group += hundreds * 100;
            } else {
                let scale = find(&words.scales, word).expect(word);
                let group = std::mem::take(&mut group);
                total += std::cmp::max(group, 1) * 1000_u64.pow(u32::try_from(scale).unwrap());
            }
        }
        total + group
    }

    #[test]
    fn every_number_is_read_back_from_its_words() {
        // All groups of three digits, at every place, with and without others beside them.
        for scale in 0..=5 {
            for group in 1..1000 {
                let number = group * 1000_u64.pow(scale);
                for number in [number, number + 1, number + 20_000_000_000] {
                    check(number);
                }
            }
        }
        // Numbers of all lengths, their digits as mixed as those of powers of seven.
        let sevenths = (0..23).map(|power| 7_u64.pow(power));
        for number in sevenths.chain([0, u64::MAX, u64::MAX - 1, u64::MAX / 3]) {
            check(number);
        }
    }

    fn check(number: u64) {
        for (lang, words) in [(Lang::Persian, &PERSIAN), (Lang::English, &ENGLISH)] {
            let text = in_words(number, lang);
            assert_eq!(read(&text, words), number, "{text}");
            assert!(!text.contains("  ") && text.trim() == text, "{text:?}");
        }
    }
}

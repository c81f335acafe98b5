//! A rial is a tenth of a toman.

use paylink_core::{Rial, Toman};

fn price() -> Toman {
    Rial::new(150_000)
}

fn total() -> Toman {
    Toman::new(15_000) + Rial::new(150_000)
}

fn main() {
    let _ = (price(), total());
}

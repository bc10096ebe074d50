//! Tables of words in two languages, side by side, for what the program says or shows by itself: a
//! page, a test of the ears. What the *companion* says has its words in `skills/`, and none here.

/// A table: a name, the Dutch, the English. It makes the struct `Words` of the words of one
/// language; a word that is missing in one does not build.
macro_rules! words {
    ($visibility:vis struct Words; $($name:ident: $nl:literal, $en:literal;)*) => {
        /// One language's words, by what they are for.
        #[derive(Debug)]
        $visibility struct Words {
            $visibility language: omzien_core::Language,
            $($visibility $name: &'static str,)*
        }

        impl Words {
            $visibility fn of(language: omzien_core::Language) -> &'static Self {
                static NL: Words = Words { language: omzien_core::Language::Nl, $($name: $nl,)* };
                static EN: Words = Words { language: omzien_core::Language::En, $($name: $en,)* };
                match language {
                    omzien_core::Language::Nl => &NL,
                    omzien_core::Language::En => &EN,
                }
            }
        }

        #[cfg(test)]
        const ROWS: &[(&str, &str, &str)] = &[$((stringify!($name), $nl, $en),)*];
    };
}

/// The line with each `{}` filled in from the left; what is missing is left out.
pub(crate) fn fill(line: &str, parts: &[impl AsRef<str>]) -> String {
    let mut pieces = line.split("{}");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for (place, piece) in pieces.enumerate() {
        filled += parts.get(place).map_or("", AsRef::as_ref);
        filled += piece;
    }
    filled
}

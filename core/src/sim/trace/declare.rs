//! The macro that makes the table of events into a type: a kind cannot exist without its level, its
//! rule, its source and its bytes in the digest.

/// Declares the kinds with their level, their rule and its source, and their canonical encoding.
macro_rules! event_kinds {
    ($(
        $(#[$doc:meta])*
        $kind:ident { $($field:ident: $type:ty),* } $level:ident $source:ident $rule:literal
    )+) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum EventKind {$(
            $(#[$doc])*
            $kind {$(
                #[doc = concat!("The `", stringify!($field), "` of the sentence.")]
                $field: $type,
            )*},
        )+}

        /// The position of each kind in the table, which is its number in the digest.
        #[repr(u8)]
        enum Tag { $($kind),+ }

        impl EventKind {
            /// A stable CamelCase name.
            pub fn reason(&self) -> &'static str {
                match self {$( Self::$kind { .. } => stringify!($kind), )+}
            }

            /// How much it matters to a reader.
            pub fn severity(&self) -> Severity {
                match self {$( Self::$kind { .. } => Severity::$level, )+}
            }

            /// Why it follows from its cause: a sentence.
            pub fn rule(&self) -> &'static str {
                match self {$( Self::$kind { .. } => $rule, )+}
            }

            /// Where the rule is written.
            pub fn source(&self) -> Source {
                match self {$( Self::$kind { .. } => Source::$source, )+}
            }

            /// Writes the canonical bytes: the kind's number, then each field, little-endian.
            pub(super) fn encode(&self, bytes: &mut Encoded) {
                match *self {$(
                    Self::$kind { $($field),* } => {
                        bytes.put([Tag::$kind as u8]);
                        $( bytes.put(Word::word($field).to_le_bytes()); )*
                    }
                )+}
            }
        }
    };
}

pub(super) use event_kinds;

//! Mistakes are pages too: short, plain, and they say what to do. They never say why in a way
//! that tells whether somebody or something exists.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Portal;
use super::page::{self, Frame, Link};

/// Why a request gets no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    NotFound,
    /// It was made by another site.
    Refused,
    Bad,
    /// The home did not answer in time, or too many ask at once.
    Late,
}

#[derive(Template)]
#[template(path = "mistake.html")]
struct Main {
    what: &'static str,
    to_do: &'static str,
}

impl Mistake {
    /// What a response without a page of its own stands for, whoever made it.
    pub(super) fn of(response: &Response) -> Option<Self> {
        match response.status() {
            StatusCode::NOT_FOUND => Some(Self::NotFound),
            StatusCode::FORBIDDEN => Some(Self::Refused),
            StatusCode::SERVICE_UNAVAILABLE => {
                // `/health` says so in its own form.
                response.headers().get("content-type").is_none().then_some(Self::Late)
            }
            status if status.is_client_error() => Some(Self::Bad),
            _ => None,
        }
    }

    /// The page, in the home's language.
    pub(super) fn page(self, portal: &Portal) -> Response {
        let words = portal.words();
        let (what, to_do) = match self {
            Self::NotFound => (words.not_found, words.not_found_do),
            Self::Refused => (words.refused, words.refused_do),
            Self::Bad => (words.bad, words.bad_do),
            Self::Late => (words.late, words.late_do),
        };
        let frame = Frame {
            words,
            title: what.to_owned(),
            companion: portal.now().plan().companion.clone(),
            viewer: None,
            links: Link::both(portal, words, None),
            place: "mistake",
            events: None,
            reload: false,
            stamp: String::new(),
            main: Main { what, to_do },
        };
        (self.status(), page::html(&frame)).into_response()
    }

    fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Refused => StatusCode::FORBIDDEN,
            Self::Bad => StatusCode::BAD_REQUEST,
            Self::Late => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for Mistake {
    /// Without a body: the guard draws the page.
    fn into_response(self) -> Response {
        self.status().into_response()
    }
}

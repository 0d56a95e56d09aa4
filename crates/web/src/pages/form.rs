//! A form of somebody who is logged in: what it carries, what its fields look like, and, when it was refused, what is wrong
//! beside the field it is wrong with. What was typed comes back, but for passwords.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use desk::DeskError;
use maud::{Markup, html};

use crate::pages::foreign::plain;
use crate::pages::layout::Page;
use crate::pages::posted::{CSRF, Fields};
use crate::pages::visit::Visit;

/// The parameter with which a page says what was done on the way to it.
const DONE: &str = "done";

/// What is wrong with a form, in words for whoever sent it.
pub struct Wrong {
    /// The field it stands beside.
    pub field: &'static str,
    /// What is wrong, and what to do about it.
    pub says: String,
}

impl Wrong {
    /// That a field is wrong, in words.
    pub fn new(field: &'static str, says: String) -> Self {
        Self { field, says }
    }
}

/// What came of a form: done, or wrong with a field; other errors concern no field.
pub enum Outcome<T> {
    /// Done.
    Done(T),
    /// Not done.
    Wrong(Wrong),
}

impl<T> Outcome<T> {
    /// The outcome of an operation, where `told` knows what to say about an error.
    ///
    /// # Errors
    /// It does not.
    pub fn of(
        done: Result<T, DeskError>,
        told: impl FnOnce(&DeskError) -> Option<Wrong>,
    ) -> Result<Self, DeskError> {
        match done {
            Ok(done) => Ok(Self::Done(done)),
            Err(error) => told(&error).map(Self::Wrong).ok_or(error),
        }
    }
}

/// A form that was refused.
pub struct Refused<'f> {
    /// Which of the forms of its page.
    pub form: &'static str,
    /// Why.
    pub wrong: Wrong,
    /// What was typed.
    pub typed: &'f Fields,
}

/// A form of a page.
pub struct Form<'v> {
    name: &'static str,
    about: String,
    visit: &'v Visit,
    csrf: &'v str,
    refused: Option<&'v Refused<'v>>,
}

/// A line to type into, where it is not as most are.
#[derive(Default)]
pub struct Line {
    /// The most characters it takes.
    pub most: u16,
    /// Written from left to right in every language, as names that are typed at login.
    pub code: bool,
    /// It may be left empty.
    pub optional: bool,
    /// What browsers may fill in.
    pub autocomplete: &'static str,
    /// What helps to fill it in.
    pub hint: Option<String>,
    /// What stands in it where nothing was typed.
    pub value: String,
}

impl<'v> Form<'v> {
    /// A form, with what was wrong if it is the one that was refused.
    pub fn new(
        name: &'static str,
        visit: &'v Visit,
        csrf: &'v str,
        refused: Option<&'v Refused<'v>>,
    ) -> Self {
        let refused = refused.filter(|refused| refused.form == name);
        Self {
            name,
            about: String::new(),
            visit,
            csrf,
            refused,
        }
    }

    /// The same form for one thing of several on a page, each of which has it.
    #[must_use]
    pub fn about(mut self, what: &str) -> Self {
        self.about = format!("-{what}");
        self
    }

    /// Whether it was sent and refused; then it is open where others are folded.
    pub fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    /// The form around its fields.
    pub fn around(&self, path: &str, fields: &Markup) -> Markup {
        html! {
            form .sheet method="post" action=(self.visit.href(path)) {
                input type="hidden" name=(CSRF) value=(self.csrf);
                (fields)
            }
        }
    }

    /// A line to type into.
    pub fn text(&self, field: &'static str, label: &str, line: &Line) -> Markup {
        let id = self.id(field);
        let typed = self.refused.map(|refused| refused.typed.get(field));
        let value = plain(typed.unwrap_or(&line.value), usize::from(line.most));
        let autocomplete = if line.autocomplete.is_empty() {
            "off"
        } else {
            line.autocomplete
        };
        html! {
            label for=(id) { (label) }
            input id=(id) .code[line.code] type="text" name=(field) dir=(if line.code { "ltr" } else { "auto" })
                required[!line.optional] maxlength=(line.most) autocomplete=(autocomplete) autocapitalize=[line.code.then_some("none")]
                spellcheck="false" value=(value) aria-invalid=[self.wrong(field).map(|_| "true")]
                aria-describedby=[self.described(field, line.hint.is_some())];
            (self.below(field, line.hint.as_deref()))
        }
    }

    /// A line for a password, which never comes back.
    pub fn password(
        &self,
        field: &'static str,
        label: &str,
        autocomplete: &str,
        hint: Option<&str>,
    ) -> Markup {
        let id = self.id(field);
        html! {
            label for=(id) { (label) }
            input id=(id) type="password" name=(field) dir="ltr" required maxlength="512" autocomplete=(autocomplete)
                aria-invalid=[self.wrong(field).map(|_| "true")] aria-describedby=[self.described(field, hint.is_some())];
            (self.below(field, hint))
        }
    }

    /// Whose password it is, for those who have it kept by the browser; nobody sees it.
    pub fn whose(&self, name: &str) -> Markup {
        html! { input type="text" name="username" autocomplete="username" value=(name) hidden readonly; }
    }

    /// A line for a number.
    pub fn number(&self, field: &'static str, label: &str, (least, most): (u32, u32), usual: u32) -> Markup {
        let id = self.id(field);
        let typed = self.refused.map(|refused| plain(refused.typed.get(field), 10));
        html! {
            label for=(id) { (label) }
            input id=(id) type="number" name=(field) min=(least) max=(most) required value=(typed.unwrap_or(usual.to_string()))
                aria-invalid=[self.wrong(field).map(|_| "true")] aria-describedby=[self.described(field, false)];
            (self.below(field, None))
        }
    }

    /// A choice among words, each with what it is called.
    pub fn choice(&self, field: &'static str, label: &str, words: &[(&str, String)], chosen: &str) -> Markup {
        let id = self.id(field);
        let chosen = self.refused.map_or(chosen, |refused| refused.typed.get(field));
        html! {
            label for=(id) { (label) }
            select id=(id) name=(field) required aria-invalid=[self.wrong(field).map(|_| "true")]
                aria-describedby=[self.described(field, false)] {
                @for (word, called) in words { option value=(word) selected[*word == chosen] { (plain(called, 120)) } }
            }
            (self.below(field, None))
        }
    }

    /// Any number of words, each with what it is called.
    pub fn choices(&self, field: &'static str, label: &str, words: &[(&str, String)]) -> Markup {
        let chosen = |word: &str| {
            self.refused
                .is_some_and(|refused| refused.typed.every(field).any(|typed| typed == word))
        };
        html! {
            fieldset aria-describedby=[self.described(field, false)] {
                legend { (label) }
                @for (word, called) in words {
                    label .check {
                        input type="checkbox" name=(field) value=(word) checked[chosen(word)];
                        span { (called) " " span .code dir="ltr" { (word) } }
                    }
                }
                (self.below(field, None))
            }
        }
    }

    /// What is wrong with the form where it has no line to stand beside.
    pub fn said(&self, field: &'static str) -> Markup {
        self.below(field, None)
    }

    fn id(&self, field: &str) -> String {
        format!("{}{}-{field}", self.name, self.about)
    }

    fn wrong(&self, field: &str) -> Option<&str> {
        let wrong = &self.refused?.wrong;
        (wrong.field == field).then_some(wrong.says.as_str())
    }

    fn described(&self, field: &str, hint: bool) -> Option<String> {
        let id = self.id(field);
        let wrong = self.wrong(field).map(|_| format!("{id}-wrong"));
        let hint = hint.then(|| format!("{id}-hint"));
        let both: Vec<String> = wrong.into_iter().chain(hint).collect();
        (!both.is_empty()).then(|| both.join(" "))
    }

    fn below(&self, field: &str, hint: Option<&str>) -> Markup {
        let id = self.id(field);
        html! {
            @if let Some(wrong) = self.wrong(field) { p .problem id=(format!("{id}-wrong")) role="alert" { (wrong) } }
            @if let Some(hint) = hint { p .hint id=(format!("{id}-hint")) { (hint) } }
        }
    }
}

/// Leads to a page after something was done, so that loading it again does not do it twice.
pub fn led(visit: &Visit, path: &str, done: &str) -> Response {
    Redirect::to(&visit.href_with(path, &[(DONE, done)])).into_response()
}

/// What was done on the way to this page, if it is one of these.
pub fn done(visit: &Visit, known: &[&str]) -> Markup {
    let done = visit.parameter(DONE).filter(|done| known.contains(done));
    html! {
        @if let Some(done) = done { p .notice role="status" { (visit.say(&format!("done-{done}"))) } }
    }
}

/// A page whose form was refused.
pub fn again(page: Page) -> Response {
    page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
}

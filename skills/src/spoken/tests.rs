//! Values and how they are said.

use super::*;

fn said(value: &Slot, form: Form) -> [String; 2] {
    [Language::Nl, Language::En].map(|language| slot(value, form, language).expect("words"))
}

fn time(hour: i8, minute: i8) -> Slot {
    Slot::Time(Time::constant(hour, minute, 0, 0))
}

#[test]
fn times_are_said_as_people_say_them() {
    for (hour, minute, dutch, english) in [
        (3, 0, "drie uur", "three"),
        (15, 0, "drie uur", "three"),
        (0, 0, "twaalf uur", "twelve"),
        (12, 30, "half één", "half past twelve"),
        (8, 30, "half negen", "half past eight"),
        (20, 30, "half negen", "half past eight"),
        (10, 15, "kwart over tien", "quarter past ten"),
        (2, 45, "kwart voor drie", "quarter to three"),
        (2, 13, "dertien over twee", "thirteen minutes past two"),
        (15, 20, "tien voor half vier", "twenty past three"),
        (15, 29, "één voor half vier", "twenty-nine minutes past three"),
        (15, 40, "tien over half vier", "twenty to four"),
        (23, 55, "vijf voor twaalf", "five to twelve"),
    ] {
        assert_eq!(said(&time(hour, minute), Form::Plain), [dutch, english]);
    }
    assert_eq!(
        said(&time(20, 0), Form::Part),
        ["acht uur 's avonds", "eight o'clock in the evening"]
    );
    assert_eq!(said(&time(2, 30), Form::Part), ["half drie 's nachts", "half past two at night"]);
    assert_eq!(said(&time(2, 13), Form::Digits), ["02:13", "02:13"]);
}

#[test]
fn lengths_are_as_exact_as_people_are() {
    for (seconds, dutch, english) in [
        (30, "dertig seconden", "thirty seconds"),
        (1, "een seconde", "a second"),
        (60, "een minuut", "a minute"),
        (90, "negentig seconden", "ninety seconds"),
        (600, "tien minuten", "ten minutes"),
        (900, "een kwartier", "a quarter of an hour"),
        (1_200, "twintig minuten", "twenty minutes"),
        (1_210, "twintig minuten", "twenty minutes"),
        (1_800, "een half uur", "half an hour"),
        (3_600, "een uur", "an hour"),
        (4_200, "een uur en tien minuten", "an hour and ten minutes"),
        (5_400, "anderhalf uur", "an hour and a half"),
        (86_399, "een dag", "a day"),
        (90_000, "een dag en een uur", "a day and an hour"),
        (864_000, "tien dagen", "ten days"),
    ] {
        let length = Slot::Duration(Duration::from_secs(seconds));
        assert_eq!(said(&length, Form::Plain), [dutch, english]);
    }
}

#[test]
fn numbers_days_and_names() {
    for (number, dutch, english) in [
        (0, "nul", "zero"),
        (21, "eenentwintig", "twenty-one"),
        (32, "tweeëndertig", "thirty-two"),
        (112, "honderdtwaalf", "one hundred and twelve"),
        (350, "driehonderdvijftig", "three hundred and fifty"),
        (1_203, "duizend tweehonderddrie", "one thousand two hundred and three"),
        (-3, "min drie", "minus three"),
        (123_456, "123456", "123456"),
    ] {
        assert_eq!(said(&Slot::Number(number), Form::Plain), [dutch, english]);
    }
    let days = Slot::Days(vec![Weekday::Monday, Weekday::Thursday]);
    assert_eq!(said(&days, Form::Plain), ["maandag en donderdag", "Monday and Thursday"]);
    let date = Slot::Date(Date::constant(2026, 11, 22));
    assert_eq!(said(&date, Form::Plain), ["zondag 22 november", "Sunday 22 November"]);
    let names = ["Anna", "Piet", "meneer\nJansen"].map(str::to_owned).to_vec();
    assert_eq!(
        said(&Slot::Names(names), Form::Plain),
        ["Anna, Piet en meneer Jansen", "Anna, Piet and meneer Jansen"]
    );
}

#[test]
fn what_says_nothing_has_no_words() {
    assert_eq!(slot(&Slot::Names(vec![]), Form::Plain, Language::Nl), None);
    assert_eq!(slot(&Slot::Name(" \n".to_owned()), Form::Plain, Language::Nl), None);
    assert_eq!(slot(&Slot::Number(3), Form::Digits, Language::Nl), None);
}

//! Feasts that go by one name in both languages, or that one language borrows from the other, as
//! they are written here and there. A table only.

use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday};

use super::holidays::Holiday::{
    self, After, Before, Chinese, Hebrew, Hindu, HinduSun, Islamic, Leap, Long, Moved, Nth, On,
    OrthodoxEaster, Wandering,
};
use super::words::{Entry, Word};

const RAMADAN: Holiday = Long(&Islamic(9, 1), 30);
const EID_AL_FITR: Holiday = Islamic(10, 1);
const EID_AL_ADHA: Holiday = Islamic(12, 10);
const ISLAMIC_NEW_YEAR: Holiday = Islamic(1, 1);
const NIGHT_OF_POWER: Holiday = Islamic(9, 27);
const LAST_FRIDAY_OF_RAMADAN: Holiday = Before(&Islamic(10, 1), Friday);
const HANUKKAH: Holiday = Long(&Hebrew(3, 25), 8);
const ROSH_HASHANAH: Holiday = Long(&Hebrew(1, 1), 3);
const PASSOVER: Holiday = Long(&Hebrew(7, 15), 8);
const SUKKOT: Holiday = Long(&Hebrew(1, 15), 8);
const SHAVUOT: Holiday = Hebrew(9, 6);
/// Not on the sabbath; the evening before counts.
const TISHA_BAV: Holiday = Moved(&Hebrew(11, 9), Friday, 1);
const DIWALI: Holiday = Hindu(7, 30, 18);
const DIWALI_EVE: Holiday = Hindu(7, 29, 18);
const HOLI_EVE: Holiday = Hindu(12, 15, 18);
const HOLI: Holiday = After(&HOLI_EVE, 1);
const NAVARATRI: Holiday = Long(&After(&Hindu(7, 10, 16), -9), 10);
const VALMIKI: Holiday = Hindu(7, 15, 6);
const VAISAKHI: Holiday = HinduSun(0, 0);
const TAGORE: Holiday = HinduSun(0, 25);
const PONGAL: Holiday = HinduSun(270, 0);
const PONGAL_EVE: Holiday = HinduSun(270, -1);
const PONGAL_LAST: Holiday = HinduSun(270, 2);
const CHINESE_NEW_YEAR: Holiday = Chinese(1, 1);
const PURIM: Holiday = Hebrew(6, 14);
const THANKSGIVING: Holiday = Nth(11, 4, Thursday);
const KINGS_DAY: Holiday = Moved(&On(4, 27), Sunday, -1);
const BOSSS_DAY: Holiday = Moved(&Moved(&On(10, 16), Saturday, -1), Sunday, 1);
const EMANCIPATION_DAY: Holiday = Moved(&Moved(&On(4, 16), Saturday, -1), Sunday, 1);
/// Not on a weekend, nor where emancipation day is kept.
const TAX_DAY: Holiday = Moved(&Moved(&Moved(&On(4, 15), Friday, 3), Saturday, 3), Sunday, 2);
const MARTIN_LUTHER_KING: Holiday = Nth(1, 3, Monday);

/// The Sundays before Christmas.
const FOURTH_ADVENT: Holiday = Before(&On(12, 25), Sunday);
const THIRD_ADVENT: Holiday = After(&FOURTH_ADVENT, -7);
const SECOND_ADVENT: Holiday = After(&FOURTH_ADVENT, -14);
const FIRST_ADVENT: Holiday = After(&FOURTH_ADVENT, -21);

#[rustfmt::skip]
pub(super) const FEASTS: &[(&str, Holiday)] = &[
    ("ramadan", RAMADAN), ("ramazan", RAMADAN), ("ramzan", RAMADAN), ("ramadhan", RAMADAN),
    ("eid", EID_AL_FITR), ("eid al fitr", EID_AL_FITR), ("eid ul fitr", EID_AL_FITR),
    ("id al fitr", EID_AL_FITR), ("id ul fitr", EID_AL_FITR), ("eid al adha", EID_AL_ADHA),
    ("eid ul adha", EID_AL_ADHA), ("id al adha", EID_AL_ADHA), ("id ul adha", EID_AL_ADHA),
    ("sacrifice feast", EID_AL_ADHA), ("feast of sacrifice", EID_AL_ADHA),
    ("feast of the sacrifice", EID_AL_ADHA), ("bakr id", EID_AL_ADHA), ("bakra eid", EID_AL_ADHA),
    ("suikerfeest", EID_AL_FITR), ("offerfeest", EID_AL_ADHA),
    ("laylat al qadr", NIGHT_OF_POWER), ("laylat al kadr", NIGHT_OF_POWER),
    ("night of power", NIGHT_OF_POWER), ("nacht van de macht", NIGHT_OF_POWER),
    ("islamic new year", ISLAMIC_NEW_YEAR), ("amun jadid", ISLAMIC_NEW_YEAR),
    ("islamitisch nieuwjaar", ISLAMIC_NEW_YEAR), ("hijri new year", ISLAMIC_NEW_YEAR),
    ("mawlid", Islamic(3, 12)), ("ashura", Islamic(1, 10)), ("asjoera", Islamic(1, 10)),
    ("isra and miraj", Islamic(7, 27)), ("jamat ul vida", LAST_FRIDAY_OF_RAMADAN),
    ("jumuatul wida", LAST_FRIDAY_OF_RAMADAN), ("jumatul wida", LAST_FRIDAY_OF_RAMADAN),
    ("rosh hashanah", ROSH_HASHANAH), ("rosh hashana", ROSH_HASHANAH),
    ("rosh hashanna", ROSH_HASHANAH), ("rosj hasjana", ROSH_HASHANAH),
    ("jewish new year", ROSH_HASHANAH), ("joods nieuwjaar", ROSH_HASHANAH),
    ("yom kippur", Hebrew(1, 10)), ("jom kippoer", Hebrew(1, 10)),
    ("grote verzoendag", Hebrew(1, 10)), ("day of atonement", Hebrew(1, 10)),
    ("sukkot", SUKKOT), ("sukkoth", SUKKOT), ("soekot", SUKKOT), ("loofhuttenfeest", SUKKOT),
    ("feast of tabernacles", SUKKOT), ("hoshana rabbah", Hebrew(1, 21)),
    ("shemini atzeret", Hebrew(1, 22)), ("simchat torah", Hebrew(1, 23)),
    ("hanukkah", HANUKKAH), ("chanukah", HANUKKAH), ("hanukah", HANUKKAH),
    ("hannukkah", HANUKKAH), ("chanukkah", HANUKKAH), ("hannukah", HANUKKAH),
    ("chanoeka", HANUKKAH), ("chanoeka feest", HANUKKAH), ("festival of lights", HANUKKAH),
    ("tu bishvat", Hebrew(5, 15)), ("purim", PURIM), ("poerim", PURIM),
    ("shushan purim", Hebrew(6, 15)), ("passover", PASSOVER), ("pesach", PASSOVER),
    ("pesah", PASSOVER), ("lag baomer", Hebrew(8, 18)), ("shavuot", SHAVUOT),
    ("shavuoth", SHAVUOT), ("sjavoeot", SHAVUOT), ("wekenfeest", SHAVUOT),
    ("feast of weeks", SHAVUOT), ("tisha bav", TISHA_BAV), ("tisja beav", TISHA_BAV),
    ("diwali", DIWALI), ("divali", DIWALI), ("deepavali", DIWALI), ("deepawali", DIWALI),
    ("lakshmi puja", DIWALI), ("lichtjesfeest", DIWALI), ("choti diwali", DIWALI_EVE),
    ("chhoti diwali", DIWALI_EVE), ("kali chaudas", DIWALI_EVE),
    ("naraka chaturdashi", DIWALI_EVE), ("dhanteras", Hindu(7, 28, 18)),
    ("dhanatrayodashi", Hindu(7, 28, 18)), ("dhantrayodashi", Hindu(7, 28, 18)),
    ("govardhan puja", Hindu(8, 1, 6)), ("bhai dooj", Hindu(8, 2, 13)),
    ("bhai duj", Hindu(8, 2, 13)), ("chhath", Hindu(8, 6, 18)), ("chhath puja", Hindu(8, 6, 18)),
    ("guru nanak jayanti", Hindu(8, 15, 6)), ("gurpurab", Hindu(8, 15, 6)),
    ("holi", HOLI), ("phagwa", HOLI), ("dhulandi", HOLI), ("holi phagwa", HOLI),
    ("choti holi", HOLI_EVE), ("chhoti holi", HOLI_EVE), ("holika dahan", HOLI_EVE),
    ("kamudu pyre", HOLI_EVE), ("maha shivaratri", Hindu(11, 29, 24)),
    ("vasant panchami", Hindu(11, 5, 8)), ("basant panchami", Hindu(11, 5, 8)),
    ("ugadi", Hindu(1, 1, 6)), ("gudi padwa", Hindu(1, 1, 6)), ("rama navami", Hindu(1, 9, 12)),
    ("ram navami", Hindu(1, 9, 12)), ("mahavir jayanti", Hindu(1, 13, 6)),
    ("hanuman jayanti", Hindu(1, 15, 6)), ("buddha purnima", Hindu(2, 15, 6)),
    ("vesak", Hindu(2, 15, 6)), ("rath yatra", Hindu(4, 2, 6)), ("ratha yatra", Hindu(4, 2, 6)),
    ("guru purnima", Hindu(4, 15, 6)), ("raksha bandhan", Hindu(5, 15, 10)),
    ("krishna janmashtami", Hindu(5, 23, 24)),
    ("janmashtami", Hindu(5, 23, 24)), ("ganesh chaturthi", Hindu(6, 4, 12)),
    ("navaratri", NAVARATRI), ("navratri", NAVARATRI), ("durga puja", NAVARATRI),
    ("maha saptami", Hindu(7, 7, 6)), ("maha ashtami", Hindu(7, 8, 6)),
    ("maha navami", Hindu(7, 9, 6)), ("dussehra", Hindu(7, 10, 16)),
    ("vijayadashami", Hindu(7, 10, 16)), ("valmiki jayanti", VALMIKI),
    ("maharishi valmiki jayanti", VALMIKI), ("pargat diwas", VALMIKI),
    ("sharad purnima", Hindu(7, 15, 20)), ("karva chauth", Hindu(7, 19, 20)),
    ("vaisakhi", VAISAKHI), ("baisakhi", VAISAKHI), ("vasakhi", VAISAKHI),
    ("vaishakhi", VAISAKHI), ("mesadi", VAISAKHI), ("rabindra jayanti", TAGORE),
    ("rabindranath jayanti", TAGORE), ("pongal", PONGAL), ("thai pongal", PONGAL),
    ("makar sankranti", PONGAL), ("lohri", PONGAL_EVE),
    ("bogi pandigai", PONGAL_EVE), ("mattu pongal", HinduSun(270, 1)),
    ("kaanum pongal", PONGAL_LAST), ("kanni pongal", PONGAL_LAST),
    ("chinese new year", CHINESE_NEW_YEAR), ("chinese new years day", CHINESE_NEW_YEAR),
    ("chinese lunar new year", CHINESE_NEW_YEAR), ("lunar new year", CHINESE_NEW_YEAR),
    ("chinese lunar new years day", CHINESE_NEW_YEAR), ("lunar new years day", CHINESE_NEW_YEAR),
    ("spring festival", CHINESE_NEW_YEAR), ("chinees nieuwjaar", CHINESE_NEW_YEAR),
    ("dragon boat festival", Chinese(5, 5)), ("mid autumn festival", Chinese(8, 15)),
    ("orthodox easter", OrthodoxEaster(0)), ("orthodox easter sunday", OrthodoxEaster(0)),
    ("orthodox easter monday", OrthodoxEaster(1)), ("orthodox good friday", OrthodoxEaster(-2)),
    ("orthodox holy saturday", OrthodoxEaster(-1)), ("orthodox palm sunday", OrthodoxEaster(-7)),
    ("orthodox shrove monday", OrthodoxEaster(-48)), ("clean monday", OrthodoxEaster(-48)),
    ("ash monday", OrthodoxEaster(-48)), ("green monday", OrthodoxEaster(-48)),
    ("lazarus saturday", OrthodoxEaster(-8)), ("orthodox pentecost", OrthodoxEaster(49)),
    ("orthodox ascension day", OrthodoxEaster(39)),
    ("great fast", Long(&OrthodoxEaster(-48), 41)), ("great lent", Long(&OrthodoxEaster(-48), 41)),
    ("halloween", On(10, 31)), ("koningsdag", KINGS_DAY), ("kings day", KINGS_DAY),
    ("thanksgiving", THANKSGIVING), ("thanksgiving day", THANKSGIVING),
    ("thanks giving day", THANKSGIVING), ("thanks giving", THANKSGIVING),
    ("black friday", After(&THANKSGIVING, 1)), ("cyber monday", After(&THANKSGIVING, 4)),
    ("independence day", On(7, 4)), ("martin luther king day", MARTIN_LUTHER_KING),
    ("martin luther kings day", MARTIN_LUTHER_KING), ("martin luther king jr day", MARTIN_LUTHER_KING), ("mlk day", MARTIN_LUTHER_KING),
    ("mlk jr day", MARTIN_LUTHER_KING), ("presidents day", Nth(2, 3, Monday)),
    ("washingtons birthday", Nth(2, 3, Monday)), ("memorial day", Nth(5, -1, Monday)),
    ("decoration day", Nth(5, -1, Monday)), ("labor day", Nth(9, 1, Monday)),
    ("labour day", Nth(9, 1, Monday)), ("columbus day", Nth(10, 2, Monday)),
    ("indigenous peoples day", Nth(10, 2, Monday)), ("veterans day", On(11, 11)),
    ("flag day", On(6, 14)), ("groundhog day", On(2, 2)), ("cinco de mayo", On(5, 5)),
    ("juneteenth", On(6, 19)), ("kwanzaa", On(12, 26)), ("bosss day", BOSSS_DAY),
    ("boss day", BOSSS_DAY), ("bosses day", BOSSS_DAY),
    ("emancipation day", EMANCIPATION_DAY), ("tax day", TAX_DAY),
    ("super tuesday", Leap(&Nth(3, 1, Tuesday))), ("super tue", Leap(&Nth(3, 1, Tuesday))),
    ("parsi new year", Wandering(2022, 8, 16)), ("law day", On(5, 1)), ("lei day", On(5, 1)),
    ("loyalty day", On(5, 1)), ("siblings day", On(4, 10)), ("sibling day", On(4, 10)),
    ("national siblings day", On(4, 10)), ("national sibling day", On(4, 10)),
    ("grandparents day", After(&Nth(9, 1, Monday), 6)),
    ("national grandparents day", After(&Nth(9, 1, Monday), 6)),
    ("administrative professionals day", After(&Nth(4, -1, Saturday), -3)),
    ("secretaries day", After(&Nth(4, -1, Saturday), -3)),
    ("arbor day", Nth(4, -1, Friday)), ("earth day", On(4, 22)),
    ("international womens day", On(3, 8)), ("womens day", On(3, 8)), ("vrouwendag", On(3, 8)),
    ("internationale vrouwendag", On(3, 8)), ("pi day", On(3, 14)),
    ("st nicholas day", On(12, 6)), ("st stephens day", On(12, 26)),
    ("st andrews day", On(11, 30)), ("bastille day", On(7, 14)), ("anzac day", On(4, 25)),
    ("australia day", On(1, 26)), ("canada day", On(7, 1)), ("victory day", On(5, 9)),
    ("guy fawkes day", On(11, 5)), ("april fools", On(4, 1)), ("april fools day", On(4, 1)),
    ("eerste advent", FIRST_ADVENT), ("eerste zondag van de advent", FIRST_ADVENT),
    ("first advent", FIRST_ADVENT), ("first sunday of advent", FIRST_ADVENT),
    ("first sunday in advent", FIRST_ADVENT),
    ("tweede advent", SECOND_ADVENT), ("tweede zondag van de advent", SECOND_ADVENT),
    ("second advent", SECOND_ADVENT), ("second sunday of advent", SECOND_ADVENT),
    ("second sunday in advent", SECOND_ADVENT),
    ("derde advent", THIRD_ADVENT), ("derde zondag van de advent", THIRD_ADVENT),
    ("third advent", THIRD_ADVENT), ("third sunday of advent", THIRD_ADVENT),
    ("third sunday in advent", THIRD_ADVENT),
    ("vierde advent", FOURTH_ADVENT), ("vierde zondag van de advent", FOURTH_ADVENT),
    ("fourth advent", FOURTH_ADVENT), ("fourth sunday of advent", FOURTH_ADVENT),
    ("fourth sunday in advent", FOURTH_ADVENT),
    ("advent", FIRST_ADVENT), ("remembrance sunday", Nth(11, 2, Sunday)),
];

/// As words of the parser.
pub(super) fn entries() -> impl Iterator<Item = Entry> {
    FEASTS.iter().map(|(words, feast)| (*words, Word::Holiday(*feast)))
}

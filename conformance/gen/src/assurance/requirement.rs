//! What a policy demands: rights, channels, environments, dates and exemptions, and policy profiles of one's own.

use super::{ARTICLE, DAY, DOCS, NOW, RESISTANT, SALESFORCE, STANDARD, TIERS, WEAK, texts};
use crate::case::{Case, File};
use crate::json::Json;

const INVALID: &str = "argument_value_invalid";
/// 2026-06-22 and 2026-07-20, 00:00 UTC: the first day of each window.
pub(crate) const SANDBOX: u64 = 1_782_086_400;
pub(crate) const PRODUCTION: u64 = 1_784_505_600;
const RIGHTS: [&str; 5] = [
    "System Administrator",
    "Modify All Data",
    "View All Data",
    "Customize Application",
    "Author Apex",
];
const CHANNELS: [(&str, bool); 8] = [
    ("ui", true),
    ("sso", true),
    ("oauth_web_server", true),
    ("oauth_hybrid", true),
    ("api", false),
    ("oauth_jwt_bearer", false),
    ("oauth_client_credentials", false),
    ("site", false),
];

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    rights(&mut cases);
    channels(&mut cases);
    dates(&mut cases);
    exemptions(&mut cases);
    constructed(&mut cases);
    profiles(&mut cases);
    File {
        topic: "policy-requirement",
        description: "Requirements: privileged rights, channels, dates of enforcement, exemptions, policy profiles",
        notes: vec![
            "Any one of five rights asks for phishing-resistant, everybody else for standard. Sandboxes from 2026-06-22, production from \
             2026-07-20, each at 00:00 UTC."
                .into(),
            "applies, in this order: channel_unaffected, exempt (approved), waived or not_yet_enforced (before the date), yes.".into(),
        ],
        cases,
    }
}

/// The arguments of a requirement.
pub(crate) fn requirement<const N: usize>(arguments: [(&str, Json); N]) -> Json {
    Json::object(arguments)
}

fn case(id: &str, requirement: &Json, now: u64) -> Case {
    Case::new("policy.requirement", id)
        .source(ARTICLE, "Requirements")
        .input("requirement", requirement.clone())
        .input("now", now)
}

/// What the policy's requirement has where nothing else is said.
fn demanded(case: Case, tier: &str, applies: &str, enforced_from: u64) -> Case {
    case.accept(
        "ok",
        [
            ("tier", tier.into()),
            ("applies", applies.into()),
            ("max_age", Json::Null),
            ("exempt", false.into()),
            ("waiver", false.into()),
            ("enforced_from", enforced_from.into()),
            ("client_can", Json::Null),
            ("acr_values", Json::Null),
            ("policy", SALESFORCE.into()),
            ("policy_version", "2026-05-05".into()),
        ],
    )
}

/// A field of what is expected, other than usual.
fn but(mut case: Case, name: &str, value: impl Into<Json>) -> Case {
    case.expect.set(name, value.into());
    case
}

fn rights(cases: &mut Vec<Case>) {
    let asked = |id: &str, rights: &[&str]| {
        case(&format!("rights-{id}"), &requirement([("rights", texts(rights))]), NOW)
    };
    let slug = |right: &str| right.to_lowercase().replace(' ', "-");
    for right in RIGHTS {
        let one = asked(&slug(right), &[right]);
        cases
            .push(demanded(one, RESISTANT, "yes", PRODUCTION).why("any one of the five is enough"));
        let among =
            asked(&format!("{}-among-others", slug(right)), &["API Enabled", right, "View Setup"]);
        cases.push(demanded(among, RESISTANT, "yes", PRODUCTION).why("wherever it stands"));
    }
    for (id, rights, tier, why) in [
        ("none", &[][..], STANDARD, "nobody special"),
        (
            "ordinary",
            &["API Enabled", "Standard User"],
            STANDARD,
            "rights that the list does not have",
        ),
        ("all", &RIGHTS, RESISTANT, "all five"),
        ("twice", &["Author Apex", "Author Apex"], RESISTANT, "one right twice"),
        ("empty-right", &[""], STANDARD, "an empty right is none of the five"),
        (
            "longer",
            &["Author Apex Classes"],
            STANDARD,
            "what begins with a listed right is another one",
        ),
        ("shorter", &["View All"], STANDARD, "a beginning of a listed right is another one"),
        (
            "another-api-name",
            &["PermissionsApiEnabled"],
            STANDARD,
            "an API name that is none of the five",
        ),
    ] {
        cases.push(demanded(asked(id, rights), tier, "yes", PRODUCTION).why(why));
    }
    for (id, right) in [
        ("lower-case", "author apex"),
        ("upper-case", "AUTHOR APEX"),
        ("one-letter", "Author apex"),
        ("space-after", "Author Apex "),
        ("space-before", " Author Apex"),
        ("line-feed", "Author Apex\n"),
        ("tab-and-case", "\tview all data"),
        ("inner-spaces", "Author  Apex"),
        ("no-space", "AuthorApex"),
        ("api-name", "PermissionsModifyAllData"),
        ("underscores", "view_all_data"),
        ("joined-by-comma", "API Enabled,View All Data"),
        ("joined-by-semicolon", "Author Apex;API Enabled"),
        ("joined-by-bar", "API Enabled|Customize Application"),
        ("joined-by-line-feed", "API Enabled\nSystem Administrator"),
        ("fullwidth", "\u{ff21}uthor Apex"),
    ] {
        let why = "taken for another right it would make an administrator an ordinary person";
        cases.push(asked(&format!("near-{id}"), &[right]).reject(INVALID).why(why));
    }
    let beside = asked("near-beside-listed", &["Author Apex", "modify all data"]);
    cases.push(
        beside.reject(INVALID).why("a mistake in one right is told, whatever the others say"),
    );
    for (id, rights) in [
        ("text", Json::from("Author Apex")),
        ("number-within", Json::Array(vec![Json::from(1_u32)])),
        ("object", Json::object([("Author Apex", true.into())])),
    ] {
        let typed = case(&format!("rights-type-{id}"), &requirement([("rights", rights)]), NOW);
        cases.push(typed.reject("argument_type_invalid").requires("dynamic_input"));
    }
}

fn channels(cases: &mut Vec<Case>) {
    for (channel, subject) in CHANNELS {
        let asked = requirement([("channel", channel.into())]);
        let applies = if subject { "yes" } else { "channel_unaffected" };
        cases.push(demanded(
            case(&format!("channel-{channel}"), &asked, NOW),
            STANDARD,
            applies,
            PRODUCTION,
        ));
        let asked = requirement([("channel", channel.into()), ("rights", texts(&["Author Apex"]))]);
        let case = case(&format!("channel-{channel}-privileged"), &asked, NOW);
        cases.push(demanded(case, RESISTANT, applies, PRODUCTION));
    }
    for (id, channel) in [
        ("unknown", "mobile"),
        ("upper-case", "UI"),
        ("space", "ui "),
        ("empty", ""),
        ("hyphen", "oauth-hybrid"),
    ] {
        let case =
            case(&format!("channel-not-{id}"), &requirement([("channel", channel.into())]), NOW);
        cases.push(
            case.reject(INVALID)
                .why("a channel that the policy does not name would be let through"),
        );
    }
    for (id, name) in [("unknown", "staging"), ("upper-case", "Production"), ("empty", "")] {
        let asked = requirement([("environment", name.into())]);
        let case = case(&format!("environment-not-{id}"), &asked, NOW);
        cases.push(case.reject(INVALID).why("an environment that the policy does not name"));
    }
    for (id, name) in [("unknown", "salesforce"), ("empty", "")] {
        let case = case(&format!("policy-not-{id}"), &requirement([("policy", name.into())]), NOW);
        cases.push(case.reject(INVALID).why("no built-in policy"));
    }
}

fn dates(cases: &mut Vec<Case>) {
    for (environment, from) in [("sandbox", SANDBOX), ("production", PRODUCTION)] {
        for (id, now, applies, why) in [
            ("year-before", from - 365 * DAY, "not_yet_enforced", "a year before"),
            ("second-before", from - 1, "not_yet_enforced", "the last second before"),
            ("first-second", from, "yes", "the first second"),
            ("after", from + DAY, "yes", "the day after"),
        ] {
            let asked = requirement([("environment", environment.into())]);
            let case = case(&format!("date-{environment}-{id}"), &asked, now);
            cases.push(demanded(case, STANDARD, applies, from).why(why));
        }
    }
    let between = requirement([("environment", "production".into())]);
    let between = demanded(
        case("date-production-in-sandbox-window", &between, SANDBOX),
        STANDARD,
        "not_yet_enforced",
        PRODUCTION,
    );
    cases.push(between.why("each environment has its own date"));
    for (id, from, now, applies, why) in [
        (
            "own-before",
            PRODUCTION + 5 * DAY,
            PRODUCTION + 5 * DAY - 1,
            "not_yet_enforced",
            "the organisation's own date within the window",
        ),
        ("own", PRODUCTION + 5 * DAY, PRODUCTION + 5 * DAY, "yes", "at that second"),
        ("own-earlier", SANDBOX, SANDBOX, "yes", "an organisation that begins earlier"),
        ("epoch", 0, 0, "yes", "since ever"),
    ] {
        let case = case(&format!("date-{id}"), &requirement([("enforced_from", from.into())]), now);
        cases.push(demanded(case, STANDARD, applies, from).why(why));
    }
    for (id, from) in
        [("milliseconds", Json::from(PRODUCTION * 1000)), ("negative", Json::from(-1_i64))]
    {
        let case = case(&format!("date-{id}"), &requirement([("enforced_from", from)]), NOW);
        cases.push(case.reject("time_invalid").why("no time of a host's"));
    }
    cases.push(case("now-milliseconds", &requirement([]), NOW * 1000).reject("time_invalid"));
}

fn exemptions(cases: &mut Vec<Case>) {
    let approved = || ("exemption", Json::from("approved"));
    let waiver = || ("waiver", Json::from(true));
    let flagged = |id: &str, asked: &Json, now: u64, applies: &str, flag: &str, why: &str| {
        let case =
            demanded(case(&format!("exemption-{id}"), asked, now), STANDARD, applies, PRODUCTION);
        but(case, flag, true).why(why)
    };
    let (exempt, waived) = (requirement([approved()]), requirement([waiver()]));
    cases.push(flagged(
        "approved",
        &exempt,
        NOW,
        "exempt",
        "exempt",
        "an exemption that somebody approved",
    ));
    cases.push(flagged(
        "approved-before",
        &exempt,
        PRODUCTION - 1,
        "exempt",
        "exempt",
        "before enforcement it is an exemption, too",
    ));
    cases.push(flagged(
        "waiver-before",
        &waived,
        PRODUCTION - 1,
        "waived",
        "waiver",
        "the old permission, until enforcement begins",
    ));
    cases.push(flagged(
        "waiver-first-second",
        &waived,
        PRODUCTION,
        "yes",
        "waiver",
        "and not a second longer",
    ));
    cases.push(flagged(
        "waiver-after",
        &waived,
        NOW,
        "yes",
        "waiver",
        "after it the permission exempts nobody",
    ));
    let both = requirement([approved(), waiver()]);
    cases.push(but(
        flagged("both", &both, NOW, "exempt", "exempt", "the approved exemption counts"),
        "waiver",
        true,
    ));
    let elsewhere = requirement([approved(), ("channel", "api".into())]);
    cases.push(flagged(
        "unaffected",
        &elsewhere,
        NOW,
        "channel_unaffected",
        "exempt",
        "where nothing is demanded nobody is exempt",
    ));
    let privileged = requirement([waiver(), ("rights", texts(&["Author Apex"]))]);
    let case_ = flagged(
        "waiver-privileged",
        &privileged,
        NOW,
        "yes",
        "waiver",
        "a waiver does not help an administrator",
    );
    cases.push(but(case_, "tier", RESISTANT));
    for (id, exemption) in
        [("word", Json::from("waived")), ("upper-case", "Approved".into()), ("empty", "".into())]
    {
        let case =
            case(&format!("exemption-not-{id}"), &requirement([("exemption", exemption)]), NOW);
        cases.push(case.reject(INVALID).requires("dynamic_input").why("approved, or none"));
    }
    let flag = case("exemption-not-flag", &requirement([("exemption", true.into())]), NOW);
    cases.push(
        flag.reject("argument_type_invalid").requires("dynamic_input").why("approved, or none"),
    );
    let one = case("waiver-not-flag", &requirement([("waiver", 1_u32.into())]), NOW);
    cases.push(one.reject("argument_type_invalid").requires("dynamic_input").why("a boolean"));
    let limited = requirement([
        ("max_age", 300_u32.into()),
        ("client_can", texts(&["totp", "security_key"])),
    ]);
    let limited = demanded(case("client-and-age", &limited, NOW), STANDARD, "yes", PRODUCTION);
    let limited = but(limited, "max_age", 300_u32);
    cases.push(
        but(limited, "client_can", texts(&["totp", "security_key"])).why("passed on as they are"),
    );
    let nothing = demanded(
        case("client-nothing", &requirement([("client_can", texts(&[]))]), NOW),
        STANDARD,
        "yes",
        PRODUCTION,
    );
    cases.push(
        but(nothing, "client_can", texts(&[]))
            .why("a client that can do nothing is not a client that can do all"),
    );
    let unknown = case("client-unknown", &requirement([("client_can", texts(&["fob"]))]), NOW);
    cases.push(unknown.reject(INVALID).requires("dynamic_input").why("no kind of method"));
}

/// The constructor's arguments.
fn constructed(cases: &mut Vec<Case>) {
    let case = |id: &str, requirement: &Json| {
        case(&format!("constructed-{id}"), requirement, NOW).source(DOCS, "Requirements")
    };
    let built = |case: Case, tier: &str, acr_values: Option<&str>| {
        case.accept(
            "ok",
            [
                ("tier", tier.into()),
                ("applies", "yes".into()),
                ("max_age", Json::Null),
                ("exempt", false.into()),
                ("waiver", false.into()),
                ("enforced_from", Json::Null),
                ("client_can", Json::Null),
                ("acr_values", acr_values.into()),
                ("policy", Json::Null),
                ("policy_version", Json::Null),
            ],
        )
    };
    for tier in TIERS {
        let asked = requirement([("tier", tier.into())]);
        cases.push(built(case(tier, &asked), tier, None).why("everything else is the strictest"));
    }
    let longest = "x".repeat(512);
    for (id, values) in [
        ("one", "phr"),
        ("two", "phr phrh"),
        ("uri", "https://refeds.org/profile/mfa"),
        ("punctuation", "!#$%&'()*+,-./:;<=>?@[]^_`{|}~"),
        ("512-bytes", &longest),
    ] {
        let asked = requirement([("tier", STANDARD.into()), ("acr_values", values.into())]);
        cases.push(built(case(&format!("acr-values-{id}"), &asked), STANDARD, Some(values)));
    }
    let longer = "x".repeat(513);
    for (id, values, why) in [
        ("empty", "", "a value has a character"),
        ("two-spaces", "phr  phrh", "single spaces divide values"),
        ("space-before", " phr", "single spaces divide values"),
        ("space-after", "phr ", "single spaces divide values"),
        ("quote", "phr\"", "a quote would end the field's string (RFC 9110 section 5.6.4)"),
        ("backslash", "phr\\", "a backslash would escape what follows"),
        ("line-feed", "phr\nSet-Cookie:", "a line feed would begin another field"),
        ("carriage-return", "phr\r", "no control character"),
        ("nul", "phr\u{0}", "no control character"),
        ("tab", "phr\tphrh", "no control character"),
        ("not-ascii", "phr\u{e9}", "ASCII only"),
        ("513-bytes", &longer, "512 bytes at most"),
    ] {
        let asked = requirement([("tier", STANDARD.into()), ("acr_values", values.into())]);
        cases.push(case(&format!("acr-values-not-{id}"), &asked).reject(INVALID).why(why));
    }
    for (id, tier, code) in [
        ("word", Json::from("strong"), INVALID),
        ("upper-case", "Weak".into(), INVALID),
        ("zero", 0_u32.into(), INVALID),
        ("four", 4_u32.into(), INVALID),
        ("flag", true.into(), "argument_type_invalid"),
    ] {
        let asked = requirement([("tier", tier)]);
        let case = case(&format!("tier-not-{id}"), &asked).reject(code);
        cases.push(case.requires("dynamic_input").why("weak, standard or phishing_resistant"));
    }
}

// ---------------------------------------------------------------- policy profiles

const GOOD: &str = r#"{"schema": "mfakit-policy-profile/1", "id": "example", "version": "7", "title": "Example", "source": "Example", "privileged_rights": ["root", "admin"], "tiers": {"privileged": "phishing_resistant", "everyone": "weak"}, "channels": {"web": "subject", "cron": "unaffected"}, "environments": {"production": {"enforced_from": 1800000000, "staggered_days": 30}, "test": {"enforced_from": 0}}, "labels": {"weak": "Bronze", "standard": "Silver", "phishing_resistant": "Gold"}}"#;

fn changed(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "{from} stands once");
    GOOD.replace(from, to)
}

fn profiles(cases: &mut Vec<Case>) {
    let case = |id: &str, json: &str| {
        Case::new("policy.profile", format!("profile-{id}"))
            .source(DOCS, "Policies")
            .input("policy_json", json)
    };
    let told = |id: &str, version: &str, labels: &[&str], channels: &[&str], rights: &[&str]| {
        [
            ("id", id.into()),
            ("version", version.into()),
            ("labels", texts(labels)),
            ("channels", texts(channels)),
            ("privileged_rights", texts(rights)),
        ]
    };
    let mut published: Vec<String> = CHANNELS
        .map(|(name, subject)| format!("{name} {}", if subject { "subject" } else { "unaffected" }))
        .to_vec();
    published.sort();
    let published: Vec<&str> = published.iter().map(String::as_str).collect();
    let labels = ["Weak MFA / No MFA", "Standard MFA", "Phishing-Resistant MFA (Recommended)"];
    cases.push(
        Case::new("policy.profile", "profile-salesforce")
            .source(ARTICLE, "Authentication Strength Tiers")
            .input("policy", SALESFORCE)
            .accept("ok", told(SALESFORCE, "2026-05-05", &labels, &published, &RIGHTS)),
    );
    let channels = ["cron unaffected", "web subject"];
    let colours = ["Bronze", "Silver", "Gold"];
    cases.push(
        case("own", GOOD)
            .accept("ok", told("example", "7", &colours, &channels, &["root", "admin"])),
    );
    let no_rights = changed(r#"["root", "admin"]"#, "[]");
    cases.push(
        case("no-rights", &no_rights)
            .accept("ok", told("example", "7", &colours, &channels, &[]))
            .why("a policy without privileged people"),
    );
    for (id, json, why) in [
        ("empty", String::new(), "nothing"),
        ("array", "[]".into(), "no object"),
        ("cut", GOOD[..GOOD.len() - 1].into(), "not JSON"),
        ("schema", changed("mfakit-policy-profile/1", "mfakit-policy-profile/2"), "another schema"),
        (
            "schema-of-claims",
            changed("mfakit-policy-profile/1", "mfakit-assurance-profile/1"),
            "the schema of claims",
        ),
        (
            "built-in-id",
            changed("\"id\": \"example\"", &format!("\"id\": \"{SALESFORCE}\"")),
            "the id of a built-in policy with another content",
        ),
        ("unknown-member", changed("\"title\"", "\"titel\""), "an unknown member"),
        (
            "member-twice",
            changed("\"version\": \"7\"", "\"version\": \"7\", \"version\": \"8\""),
            "a member that stands twice",
        ),
        ("no-id", changed("\"id\": \"example\", ", ""), "the id is missing"),
        ("id-upper-case", changed("\"id\": \"example\"", "\"id\": \"Example\""), "lower case only"),
        (
            "no-rights-member",
            changed("\"privileged_rights\": [\"root\", \"admin\"], ", ""),
            "the rights are missing",
        ),
        ("right-number", changed("\"root\"", "7"), "a right is a text"),
        (
            "right-escaped",
            changed("\"root\"", "\"r\\u006fot\""),
            "a right is written without escapes",
        ),
        ("right-empty", changed("\"root\"", "\"\""), "an empty right is everybody's"),
        (
            "right-long",
            changed("\"root\"", &format!("\"{}\"", "x".repeat(256))),
            "255 bytes at most",
        ),
        (
            "tiers-turned",
            changed(
                "\"phishing_resistant\", \"everyone\": \"weak\"",
                "\"weak\", \"everyone\": \"standard\"",
            ),
            "privilege that asks for less",
        ),
        ("tier-word", changed("\"everyone\": \"weak\"", "\"everyone\": \"none\""), "a tier"),
        ("tier-missing", changed(", \"everyone\": \"weak\"", ""), "a tier is missing"),
        (
            "tier-more",
            changed("\"everyone\": \"weak\"", "\"everyone\": \"weak\", \"guests\": \"weak\""),
            "an unknown member",
        ),
        ("channel-word", changed("\"unaffected\"", "\"exempt\""), "subject or unaffected"),
        ("channel-flag", changed("\"unaffected\"", "false"), "subject or unaffected"),
        (
            "channel-twice",
            changed("\"cron\": \"unaffected\"", "\"web\": \"unaffected\""),
            "a channel that stands twice",
        ),
        ("channel-empty-name", changed("\"cron\"", "\"\""), "a name has a character"),
        (
            "channels-none",
            changed("\"web\": \"subject\", \"cron\": \"unaffected\"", ""),
            "no channel",
        ),
        (
            "environments-none",
            changed(
                "\"environments\": {\"production\": {\"enforced_from\": 1800000000, \"staggered_days\": 30}, \"test\": {\"enforced_from\": 0}}",
                "\"environments\": {}",
            ),
            "no environment",
        ),
        (
            "environment-text",
            changed("{\"enforced_from\": 0}", "\"now\""),
            "an environment is an object",
        ),
        ("environment-no-date", changed("{\"enforced_from\": 0}", "{}"), "the date is missing"),
        (
            "environment-date-text",
            changed("\"enforced_from\": 0", "\"enforced_from\": \"2026-07-20\""),
            "a date is seconds",
        ),
        (
            "environment-date-negative",
            changed("\"enforced_from\": 0", "\"enforced_from\": -1"),
            "before 1970",
        ),
        (
            "environment-days",
            changed("\"staggered_days\": 30", "\"staggered_days\": 367"),
            "a year at most",
        ),
        (
            "environment-more",
            changed("\"enforced_from\": 0", "\"enforced_from\": 0, \"until\": 1"),
            "an unknown member",
        ),
        ("label-missing", changed("\"weak\": \"Bronze\", ", ""), "a label is missing"),
        ("label-empty", changed("\"Bronze\"", "\"\""), "a label has a character"),
        (
            "label-more",
            changed("\"weak\": \"Bronze\"", "\"weak\": \"Bronze\", \"none\": \"Tin\""),
            "an unknown member",
        ),
    ] {
        cases.push(case(&format!("not-{id}"), &json).reject("profile_invalid").why(why));
    }
    for (id, name) in [("unknown", "salesforce"), ("of-claims", "rfc8176")] {
        let case = Case::new("policy.profile", format!("profile-name-{id}"));
        cases.push(case.source(DOCS, "Policies").input("policy", name).reject(INVALID));
    }
    for (id, rights, tier, now, applies, why) in [
        ("privileged", &["admin"][..], RESISTANT, NOW, "yes", "a right of its own"),
        ("everyone", &["user"], WEAK, NOW, "yes", "even weak must be recognised"),
        ("before", &["admin"], RESISTANT, NOW - 1, "not_yet_enforced", "a date of its own"),
    ] {
        let asked = requirement([
            ("policy_json", GOOD.into()),
            ("rights", texts(rights)),
            ("channel", "web".into()),
        ]);
        let case = self::case(&format!("own-{id}"), &asked, now).source(DOCS, "Policies");
        let case = demanded(case, tier, applies, NOW);
        let case = but(but(case, "policy", "example"), "policy_version", "7");
        cases.push(case.why(why));
    }
    let ui = requirement([("policy_json", GOOD.into())]);
    cases.push(
        self::case("own-no-ui", &ui, NOW)
            .source(DOCS, "Policies")
            .reject(INVALID)
            .why("the usual channel is none of its own"),
    );
}

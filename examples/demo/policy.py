"""Who must prove what: the site's own rules around mfakit's policy profile, asked anew for every request.

A session stores what was proven (mfakit's Assessment), never what it is enough for. So a right that an administrator
gives, a method that is added, or a date that passes, counts from the next request on.
"""

import json
from http import HTTPStatus

import mfakit

from common import Refusal

PROFILE = mfakit.PolicyProfile.named("salesforce-2026-05-05")
RIGHTS = PROFILE.privileged_rights
# DEMO: who takes this name runs the site, by this right. A real site keeps a list.
ADMINISTRATOR, ADMINISTRATION = "admin", "System Administrator"
ALWAYS, NEVER = 0, 99_999_999_999  # the first and the last second that mfakit takes for seconds
FRESH_SECONDS = 10 * 60  # who changes a method has just proven to be the one that it belongs to


def methods_of(site, user):
    """What the person added, by mfakit's word for it: one entry for each."""
    kinds = [row["kind"] for row in site.store.credentials_of(user["id"])]
    kinds += ["totp"] if user["totp_secret"] is not None else []
    return kinds + ["push_approval"] * len(site.store.devices_of(user["id"]))


def recovery_codes_left(user):
    """How many are unused; None before the first set."""
    if user["recovery_record"] is None:
        return None
    return user["recovery_total"] - bin(user["recovery_used"]).count("1")


def enrolled(site, user, *, now):
    """The same, with the ways back in that are good at the moment: they are no methods of their own, but sign in."""
    ways_back = ["recovery_code"] if recovery_codes_left(user) else []
    # Whose methods were disconnected comes back with a temporary code, whether or not there is one at the moment: else
    # whoever has the password would add a method of their own first.
    ways_back += ["admin_code"] if user["temporary_until"] >= now or user["disconnected"] else []
    return methods_of(site, user) + ways_back


def rights_of(user):
    return json.loads(user["rights"])


def requirement(site, user, *, channel="ui", own_choice=True):
    """What is asked of this person.

    People with a privileged right are always asked. Everybody else is asked from the day on which the organisation
    turned its setting on, and before that day if they turned two-factor authentication on themselves: then neither the
    date nor an exemption from the organisation's rule lets anybody in with the password alone.
    """
    rights = rights_of(user)
    chose = own_choice and bool(methods_of(site, user) or user["disconnected"])
    privileged = PROFILE.requirement(rights=rights).tier == mfakit.Tier.PHISHING_RESISTANT
    setting = site.store.setting("enforced_from")
    return PROFILE.requirement(
        rights=rights,
        channel=channel,
        waiver=bool(user["waiver"]),
        exemption="approved" if user["exemption"] is not None and not chose else None,
        enforced_from=ALWAYS if chose or privileged else int(setting or NEVER),
    )


class Standing:
    """Who is here, what they proved, and what that is enough for at this moment."""

    def __init__(self, site, session, *, now, channel="ui"):
        self.session = session
        self.user = site.store.user(session["user_id"])
        self.assessment = mfakit.Assessment.from_trusted_json(session["assessment"])
        self.methods = methods_of(site, self.user)
        self.enrolled = enrolled(site, self.user, now=now)
        self.requirement = requirement(site, self.user, channel=channel)
        self.decision = mfakit.decide(
            self.assessment, requirement=self.requirement, enrolled=self.enrolled, now=now
        )
        self._now = now

    @property
    def signed_in(self):
        return self.session["kind"] == "web" and self.decision.kind == "allow"

    @property
    def may_add(self):
        """Who may add a method: whoever sets the account up, is signed in, or has nothing that would be enough.

        The decision has whoever has anything prove the best of it first: a password alone adds no passkey to an account
        that asks for a code, and a code that is no longer enough to sign in is still enough to add what is.
        """
        return self.session["kind"] == "enrolling" or self.signed_in or self.decision.kind == "enroll"

    @property
    def view(self):
        if self.signed_in:
            return "account"
        if self.decision.kind == "block":
            return "blocked"
        return "enrol" if self.may_add else "prove"

    @property
    def offered(self):
        """What the person may pick from: after policy, so that nobody proves what would not be enough."""
        return list(self.decision.options) if self.decision.kind == "step_up" else []

    @property
    def administrator(self):
        """A code is not enough to give out codes: the administrator's rights ask for a phishing-resistant method."""
        named = self.user["name_key"] == ADMINISTRATOR and ADMINISTRATION in rights_of(self.user)
        return named and self.signed_in and self.assessment.meets(mfakit.Tier.PHISHING_RESISTANT)

    def fresh(self):
        """Who finds a browser that somebody left signed in does not take the account over."""
        if self.methods and not self.assessment.meets(mfakit.Tier.STANDARD, max_age=FRESH_SECONDS, now=self._now):
            raise Refusal(HTTPStatus.FORBIDDEN, "sign_in_again", "Sign in again first; then you can change this.")


def standing(site, session, *, channel="ui"):
    if session is None:
        raise Refusal(HTTPStatus.UNAUTHORIZED, "no_session", "Your session has ended. Please sign in.")
    return Standing(site, session, now=site.now(), channel=channel)


def signed_in(site, session):
    """The person who is signed in, by what the policy asks now."""
    here = standing(site, session)
    if here.session["kind"] != "web":
        raise Refusal(HTTPStatus.UNAUTHORIZED, "not_signed_in", "Please finish signing in first.")
    try:
        here.decision.or_raise()
    except mfakit.MfaError as error:
        headers = [("WWW-Authenticate", here.decision.challenge)] if here.decision.challenge else []
        message = "Please prove once more that it is you."
        raise Refusal(HTTPStatus.FORBIDDEN, error.code, message, headers=headers) from None
    return here


def adding(site, session):
    """Whoever binds another method to an account has just proven one that it has (NIST SP 800-63B-4, 4.1.2)."""
    here = standing(site, session)
    if not here.may_add:
        raise Refusal(HTTPStatus.FORBIDDEN, "prove_first", "Prove first that it is you, with a method you have.")
    if here.session["kind"] == "web":  # the others are a quarter of an hour old at most
        here.fresh()
    return here


def banner(site, here):
    """Why the person should know about the organisation's setting. The words are the page's."""
    reasons = []
    if here.administrator and site.store.setting("enforced_from") is None:
        reasons.append("setting_off")
    if here.administrator and site.store.setting("sso") is not None:
        reasons.append("sso_configured")
    if here.user["waiver"]:
        reasons.append("waiver_assigned")
    return reasons


def reasons(values):
    """explain() and lint(), for the page."""
    return [
        {
            "code": reason.code,
            "subject": reason.subject,
            "tier": None if reason.tier is None else tier(reason.tier),
            "message": reason.message,
        }
        for reason in values
    ]


def tier(value):
    return {"name": mfakit.Tier(value).name.lower(), "label": PROFILE.label(value)}


def decision(value):
    return {
        "kind": value.kind,
        "reason": value.reason,
        "need": None if value.need is None else tier(value.need),
        "options": list(value.options),
        "challenge": value.challenge,
        "explain": reasons(value.explain()),
    }

"""The mfakit demo: a site where people sign up with a password, add second factors, and sign in with them; where an
administrator helps whoever is locked out; and where the policy that decides all this can be tried.

    python examples/demo/server.py [--port 8080] [--database FILE]

Standard library only, beside mfakit itself. What to read, in order: policy.py, who must prove what; sign_in.py and
methods.py, a site's daily work with mfakit; store.py, the compare-and-set; then the rest, and last this file, the plain
HTTP around them.

Three things here are for show and would not be in a real site, and each is marked DEMO where it stands: the exact
error code goes to the page, the inputs of each check go to the page (which repeats the check in WebAssembly), and who
takes the name `admin` runs the site.
"""

import argparse
import base64
import hashlib
import json
import mimetypes
import os
import re
import sys
import traceback
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import mfakit

import accounts
import administration
import approvals
import cli_api
import methods
import sign_in
import simulators
from common import NOT_FOUND, PUBLIC_MESSAGES, Refusal, Site
from store import Store

HERE = Path(__file__).resolve().parent
NPM_PACKAGE = HERE.parent.parent / "bindings" / "ts"

COOKIE = "mfakit_demo_session"
COOKIE_SECONDS = 10 * 24 * 3600  # a web session's longest life; the store knows when it ends
BROWSER, PROGRAM = ("enrolling", "started", "web"), ("cli", "api_key")  # kinds of session: by cookie, by bearer token
TOUCH_SECONDS = 60  # activity is written down once a minute, not with every request
LARGEST_BODY = 64 * 1024  # mfakit's own limit for a response from a browser

# Each takes the site, the request's JSON body and the session, and returns the answer's JSON, or that and a new session.
POST_ROUTES = {
    "/api/sign-up": accounts.sign_up,
    "/api/sign-in/password": sign_in.with_password,
    "/api/sign-in/passkey/begin": sign_in.begin_passkey,
    "/api/sign-in/passkey/finish": sign_in.finish_passkey,
    "/api/sign-in/totp": sign_in.with_totp,
    "/api/sign-in/recovery-code": sign_in.with_recovery_code,
    "/api/sign-in/temporary-code": sign_in.with_temporary_code,
    "/api/sign-in/approval/begin": approvals.begin,
    "/api/sign-in/approval/status": approvals.status,
    "/api/sign-in/approval/cancel": approvals.cancel,
    "/api/sign-in/continue": sign_in.go_on,
    "/api/passkey/begin": methods.begin_passkey,
    "/api/passkey/finish": methods.finish_passkey,
    "/api/totp/begin": methods.begin_totp,
    "/api/totp/confirm": methods.confirm_totp,
    "/api/device/begin": approvals.begin_device,
    "/api/device/answer-enrolment": approvals.answer_device,
    "/api/device/answered": approvals.answered_device,
    "/api/device/confirm": approvals.confirm_device,
    "/api/device/pending": approvals.pending,
    "/api/device/answer": approvals.answer,
    "/api/recovery-codes": methods.make_recovery_codes,
    "/api/method/rename": methods.rename,
    "/api/method/remove": methods.remove,
    "/api/two-factor/disable": methods.disable,
    "/api/password": accounts.change_password,
    "/api/api-key": accounts.new_api_key,
    "/api/outbox": accounts.outbox,
    "/api/audit": accounts.audit,
    "/api/admin/person": administration.look_up,
    "/api/admin/temporary-code": administration.issue_temporary_code,
    "/api/admin/temporary-code/revoke": administration.revoke_temporary_code,
    "/api/admin/disconnect": administration.disconnect_methods,
    "/api/admin/standing": administration.change_standing,
    "/api/admin/enforce": administration.enforce,
    "/api/admin/sso": administration.configure_sso,
    "/api/sso": simulators.single_sign_on,
    "/api/policy": simulators.decide,
}

# The same for the command line, which has its own way to say who it is, and one more argument: a two-factor code.
CLI = "/api/cli/"
CLI_ROUTES = {
    ("POST", "login"): cli_api.login,
    ("POST", "logout"): cli_api.logout,
    ("GET", "2fa"): cli_api.two_factor_status,
    ("POST", "2fa/enable"): cli_api.enable,
    ("POST", "2fa/enable/confirm"): cli_api.confirm,
    ("POST", "2fa/disable"): cli_api.disable,
    ("POST", "2fa/recovery-codes"): cli_api.recovery_codes,
}


class Handler(BaseHTTPRequestHandler):
    """HTTP: same-origin JSON posts in, JSON out, one session cookie or a bearer token, and files from a fixed list."""

    protocol_version = "HTTP/1.1"
    server_version = "mfakit-demo"
    sys_version = ""
    timeout = 20  # seconds a silent connection may hold a thread

    def do_GET(self):
        if not self.host_is_ours():
            return self.answer_json(HTTPStatus.MISDIRECTED_REQUEST, {"error": "This server answers to localhost only."})
        path = self.path.partition("?")[0]
        if path.startswith(CLI):
            return self.command_line({})
        if path == "/api/me":
            return self.answer_json(HTTPStatus.OK, accounts.me(self.server.site, self.session(self.cookie_token(), BROWSER)))
        found = self.server.files.get(path)
        if found is None:
            return self.answer_json(HTTPStatus.NOT_FOUND, {"error": "There is no such page."})
        content, kind = found
        self.answer(HTTPStatus.OK, content, kind)

    do_HEAD = do_GET

    def do_POST(self):
        try:
            body = self.body()
            if self.path.startswith(CLI):
                return self.command_line(body)
            if self.path == "/api/sign-out":
                return self.sign_out()
            route = POST_ROUTES.get(self.path)
            if route is None:
                raise NOT_FOUND
            outcome = route(self.server.site, body, self.session(self.cookie_token(), BROWSER))
        except Refusal as refusal:
            if self.path.startswith(CLI):
                return self.refuse_command_line(refusal)
            verdict = {"operation": self.path, "server": {"accepted": False, "code": refusal.code}, "check": None}
            answer = {"error": refusal.message, "verdict": verdict}
            return self.answer_json(refusal.status, answer, headers=refusal.headers)
        except Exception:  # a ConfigError among them: our mistake, so the person gets no details and the log gets all
            traceback.print_exc()
            return self.answer_json(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": PUBLIC_MESSAGES["server"]})
        answer, token = outcome if isinstance(outcome, tuple) else (outcome, None)
        status = HTTPStatus.UNAUTHORIZED if "error" in answer else HTTPStatus.OK
        if token is None:
            return self.answer_json(status, answer)
        # A new session replaces the old one: an unfinished session does not live on beside a signed-in one.
        self.close_session()
        self.answer_json(status, answer, headers=[self.cookie(token, COOKIE_SECONDS)])

    def command_line(self, body):
        try:
            route = CLI_ROUTES.get((self.command, self.path.removeprefix(CLI)))
            if route is None:
                raise NOT_FOUND
            code = self.headers.get(cli_api.CODE_HEADER, "")
            answer = route(self.server.site, body, self.session(self.bearer_token(), PROGRAM), code)
        except Refusal as refusal:
            return self.refuse_command_line(refusal)
        except Exception:
            traceback.print_exc()
            answer = {"id": "server_error", "message": PUBLIC_MESSAGES["server"]}
            return self.answer_json(HTTPStatus.INTERNAL_SERVER_ERROR, answer)
        self.answer_json(HTTPStatus.OK, answer)

    def refuse_command_line(self, refusal):
        answer = {"id": refusal.code, "message": refusal.message}
        self.answer_json(refusal.status, answer, headers=refusal.headers)

    def sign_out(self):
        self.close_session()
        self.answer_json(HTTPStatus.OK, {"message": "Signed out."}, headers=[self.cookie("", 0)])

    # Reading a request

    def host_is_ours(self):
        """A foreign name that resolves to this machine (DNS rebinding) gets nothing."""
        port = self.server.server_address[1]
        return self.headers.get("Host") in (f"localhost:{port}", f"127.0.0.1:{port}")

    def body(self):
        """The JSON object of a same-origin post. A form on another site can send neither this type nor this Origin.

        The command line is no page and sends no Origin; it sends no cookie either, and none would count.
        """
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            length = -1
        if not 0 <= length <= LARGEST_BODY or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # what follows on this connection is not read
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", "That request is too large.")
        raw = self.rfile.read(length)
        origin = self.headers.get("Origin")
        same_origin = origin == f"http://{self.headers.get('Host')}"
        no_page = origin is None and self.path.startswith(CLI)
        if not (self.host_is_ours() and (same_origin or no_page)):
            raise Refusal(HTTPStatus.FORBIDDEN, "cross_site", "That request came from another site.")
        if self.headers.get_content_type() != "application/json":
            raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_json", PUBLIC_MESSAGES["retry"])
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise Refusal(HTTPStatus.BAD_REQUEST, "request_malformed", PUBLIC_MESSAGES["retry"])
        return body

    def cookie_token(self):
        try:
            morsel = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            return None
        return morsel.value if morsel else None

    def bearer_token(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else None

    def session(self, token, kinds):
        """The session, extended by this activity; None where there is none any more, or it is one of another channel:
        a key that leaked out of a script is no browser that somebody sits at."""
        site = self.server.site
        session = site.store.session(token, now=site.now()) if token else None
        if session is None or session["kind"] not in kinds:
            return None
        if session["kind"] in ("enrolling", "started"):
            return session
        now, active = site.now(), session["last_active"]
        try:
            expires_at = mfakit.touch_session(
                session["kind"], created=session["created_at"], last_active=active, now=now
            )
        except mfakit.RejectedError:  # session_expired
            return None
        if session["kind"] == "web" and now - active >= TOUCH_SECONDS:
            expires_at = min(expires_at, session["ends_with_code"] or expires_at)
            site.store.touch_session(session, now=now, expires_at=expires_at)
            session = site.store.session(token, now=now)
        return session

    def close_session(self):
        token = self.cookie_token()
        if token:
            self.server.site.store.close_session(token)

    # Writing an answer

    @staticmethod
    def cookie(token, seconds_to_live):
        # On a real site also `Secure`, and the name prefixed with `__Host-`; this one is plain http on localhost.
        return "Set-Cookie", f"{COOKIE}={token}; Path=/; Max-Age={seconds_to_live}; HttpOnly; SameSite=Lax"

    def answer_json(self, status, value, *, headers=()):
        self.answer(status, json.dumps(value).encode(), "application/json", headers=headers)

    def answer(self, status, content, kind, *, headers=()):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (*self.server.security_headers, *headers):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_):
        """Quiet: what goes wrong is logged where it happens, and an idle connection's end is nothing wrong."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port, store, *, clock_offset=0):
        super().__init__(("127.0.0.1", port), Handler)  # this machine only
        self.site = Site(store, port=self.server_address[1], clock_offset=clock_offset)
        self.files, import_map_hash = site_files()
        self.security_headers = [
            (
                "Content-Security-Policy",
                "default-src 'none'; connect-src 'self'; img-src 'self' data:; style-src 'self'; "
                # The one inline script is the import map, by its hash; wasm-unsafe-eval lets WebAssembly compile.
                f"script-src 'self' 'wasm-unsafe-eval' '{import_map_hash}'; "
                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
            ),
            ("Permissions-Policy", "publickey-credentials-create=(self), publickey-credentials-get=(self)"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cache-Control", "no-store"),
        ]

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a browser that left is no error
            super().handle_error(request, client_address)


def site_files():
    """Every file the server gives out, by its path, read once: a path in a request never reaches the file system.

    The npm package `mfakit` is served as built; its own export map says which file a browser loads.
    """
    files = {}
    for file in sorted((HERE / "static").iterdir()):
        if file.is_file():
            files["/" + file.name] = (file.read_bytes(), content_type(file))
    for folder in ("dist", "wasm"):
        for file in sorted((NPM_PACKAGE / folder).rglob("*")):
            if file.suffix in (".js", ".mjs", ".wasm"):
                path = file.relative_to(NPM_PACKAGE).as_posix()
                files[f"/vendor/mfakit/{path}"] = (file.read_bytes(), content_type(file))

    import_map = json.dumps({"imports": {name: "/vendor/mfakit/" + path for name, path in browser_exports().items()}})
    for path in json.loads(import_map)["imports"].values():
        if path not in files:
            raise SystemExit("the npm package is not built: run `./dev demo`, which builds it first")
    frame = files.pop("/frame.html")[0].decode().replace("{{IMPORT_MAP}}", import_map)
    for file in sorted((HERE / "static" / "pages").iterdir()):
        html = page(frame, file.stem, file.read_text(encoding="utf-8"))
        files["/" if file.stem == "index" else f"/{file.stem}"] = (html.encode(), "text/html; charset=utf-8")
    digest = base64.b64encode(hashlib.sha256(import_map.encode()).digest()).decode()
    return files, f"sha256-{digest}"


def page(frame, name, content):
    """A page's own content in the frame that all have. Its first line is its title, in a comment."""
    title = re.match(r"<!-- (.*) -->\n", content)
    parts = {"TITLE": title[1], "SCRIPT": "app" if name == "index" else name, "CONTENT": content[title.end() :]}
    return re.sub(r"\{\{(TITLE|SCRIPT|CONTENT)\}\}", lambda hole: parts[hole[1]], frame)


def browser_exports():
    """`mfakit` and `mfakit/client`, resolved as a bundler would for a browser."""
    exports = json.loads((NPM_PACKAGE / "package.json").read_text())["exports"]

    def resolve(target):
        while isinstance(target, dict):
            target = next(target[condition] for condition in ("browser", "import", "default") if condition in target)
        return target.removeprefix("./")

    return {"mfakit": resolve(exports["."]), "mfakit/client": resolve(exports["./client"])}


def content_type(file):
    known = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}
    return known.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def main():
    parser = argparse.ArgumentParser(description="The mfakit demo: passwords, passkeys, authenticator apps, policy.")
    parser.add_argument(
        "--port",
        type=int,
        default=int(os.environ.get("MFAKIT_DEMO_PORT", "8080")),
        help="0 takes any free port; also MFAKIT_DEMO_PORT (default: 8080)",
    )
    parser.add_argument(
        "--database",
        default=os.environ.get("MFAKIT_DEMO_DATABASE", str(HERE / "demo.sqlite3")),
        help="the SQLite file, made when missing; also MFAKIT_DEMO_DATABASE",
    )
    parser.add_argument(
        "--clock-offset",
        type=int,
        default=0,
        metavar="SECONDS",
        help="the site's clock is so much ahead: for seeing a session end without waiting for it (default: 0)",
    )
    arguments = parser.parse_args()
    store = Store(arguments.database)
    try:
        server = Server(arguments.port, store, clock_offset=arguments.clock_offset)
    except OSError as error:
        reason = f"{error.strerror}; --port 0 takes a free one"
        raise SystemExit(f"cannot start on port {arguments.port}: {reason}") from None
    print(f"mfakit demo: {server.site.origin}  (Ctrl-C stops it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("stopped")


if __name__ == "__main__":
    sys.exit(main())

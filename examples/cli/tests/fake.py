"""A server of which a test says what it answers, and which keeps what it was asked: for what no honest server does."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ENABLED = {"enabled": True, "methods": [], "recoveryCodesLeft": 3, "apiKeyExpiresAt": None, "page": ""}


class Fake:
    """`answers[path]` is a status, a body (an object, or bytes) and headers; or a function of the request that returns those."""

    def __init__(self, context=None):
        self.answers, self.requests = {}, []
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.port = self.http.server_address[1]
        self.origin = f"http://localhost:{self.port}"
        if context:
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
            self.origin = f"https://localhost:{self.port}"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def answer(self, request):
        self.requests.append(request)
        answer = self.answers.get(request["path"], (404, {"id": "not_found", "message": "There is no such page."}))
        status, body, *headers = answer(request) if callable(answer) else answer
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        return status, body, headers[0] if headers else {}

    def asked(self, path):
        return [request for request in self.requests if request["path"] == path]


def handler_of(fake):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = {"method": self.command, "path": self.path, "headers": self.headers, "content": content}
            request["body"] = json.loads(content) if content else None
            status, body, headers = fake.answer(request)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, *_):
            pass

    return Handler

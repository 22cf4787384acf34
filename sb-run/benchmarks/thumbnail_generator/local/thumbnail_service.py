"""The web service that is measured: takes a PNG image, gives back a thumbnail.

Called with the number of a socket that already listens, which prepare opened.
"""

import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import thumbnail


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        address = urlparse(self.path)
        if address.path == "/stop":
            self.answer(b"")
            threading.Thread(target=self.server.shutdown).start()
        else:
            self.thumbnail(int(parse_qs(address.query)["width"][0]))

    def thumbnail(self, width):
        def read():
            return self.rfile.read(int(self.headers["Content-Length"]))

        self.answer(thumbnail.make(read, width, self.headers["X-Trace-Id"]))

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass  # the statements are the log


if __name__ == "__main__":
    listener = socket.socket(fileno=int(sys.argv[1]))
    server = ThreadingHTTPServer(listener.getsockname(), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.serve_forever(poll_interval=0.05)

"""A real mail server for the tests: aiosmtpd on 127.0.0.1, told by flags how to behave.

The first line on stdout is the port. Every further line is one JSON object, in the order of events:
  {"event": "connected"}  somebody opened a connection
  {"event": "login", "user": ..., "password": ..., "taken": bool}
  {"event": "held"}  a mail is there and not yet answered; a line on stdin lets go of it
  {"event": "refused", "to": [...], "answer": "451"}
  {"event": "mail", "from": ..., "to": [...], "head": [raw header lines, unfolded], "subject": decoded, "body": ...,
   "tls": bool, "login": user or null}
  {"event": "closed"}  the connection is gone
It ends when its stdin does, so that nothing is left over when a test is killed.
"""

import argparse
import asyncio
import email
import email.header
import json
import logging
import ssl
import sys
import warnings

try:
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError:
    sys.exit("no aiosmtpd: run bin/check once")


def tell(event, **rest):
    print(json.dumps({"event": event, **rest}), flush=True)


def unfolded(text):
    """Header lines, each with its continuation lines."""
    return text.replace("\r\n ", " ").replace("\r\n\t", "\t")


def parts(raw):
    """Header lines as sent, the subject decoded, the text."""
    head = unfolded(raw.partition(b"\r\n\r\n")[0].decode("utf-8", "backslashreplace")).split("\r\n")
    mail = email.message_from_bytes(raw)
    subject = email.header.decode_header(unfolded(mail.get("Subject", "")))
    return head, str(email.header.make_header(subject)), mail.get_payload(decode=True).decode("utf-8", "backslashreplace")


class Handler:
    def __init__(self, fault, times, hold, leave):
        self.step, _, self.answer = (fault or "none:").partition(":")
        self.times = times
        self.hold = hold
        self.leave = leave
        self.released = asyncio.Event()

    def fails(self, step):
        if step != self.step or self.times == 0:
            return False
        self.times -= 1
        return True

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.fails("rcpt"):
            tell("refused", to=[address], answer=self.answer)
            return f"{self.answer} not here: <{address}>"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        fails = self.fails("data")
        if fails and self.hold:
            tell("held")
            await self.released.wait()
        if fails and self.answer not in ("250", "lost"):
            tell("refused", to=envelope.rcpt_tos, answer=self.answer)
            return f"{self.answer} not now: <{envelope.rcpt_tos[0]}>"
        head, subject, body = parts(envelope.content)
        tell(
            "mail",
            **{"from": envelope.mail_from},
            to=envelope.rcpt_tos,
            head=head,
            subject=subject,
            body=body,
            tls=server.transport.get_extra_info("cipher") is not None,
            login=session.auth_data,
        )
        if fails and self.answer == "lost":
            # The mail is taken, and whoever sent it never hears so.
            server.transport.abort()
        server.leaves = self.leave
        return "250 OK"


class Told(SMTP):
    """Tells of its connections; STARTTLS makes a second one of the same and is not told."""

    told = False
    leaves = False

    def connection_made(self, transport):
        if not self.told:
            self.told = True
            tell("connected")
        super().connection_made(transport)

    def connection_lost(self, error):
        tell("closed")
        super().connection_lost(error)

    async def push(self, status):
        await super().push(status)
        if self.leaves:
            self.transport.close()


def authenticator(login):
    wanted = tuple(login.split(":", 1)) if login else None

    def check(server, session, envelope, mechanism, data):
        user, password = data.login.decode(), data.password.decode()
        taken = (user, password) == wanted
        tell("login", user=user, password=password, taken=taken)
        return AuthResult(success=taken, handled=False, auth_data=user)

    return check


class Silent(asyncio.Protocol):
    """Takes connections and never says a word."""

    def connection_made(self, transport):
        tell("connected")

    def connection_lost(self, error):
        tell("closed")


async def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("--port", type=int, default=0)
    flags.add_argument("--mode", choices=["plain", "starttls", "tls", "slow"], default="plain")
    flags.add_argument("--certificate", help="PEM file with certificate and key")
    flags.add_argument("--login", help="user:password that is required")
    flags.add_argument("--fault", help="rcpt:550, data:451, data:lost, data:250 ...")
    flags.add_argument("--times", type=int, default=-1, help="how often the fault comes; else always")
    flags.add_argument("--hold", action="store_true", help="a faulty answer to a mail waits for a line on stdin")
    flags.add_argument("--leave", action="store_true", help="close the connection after each mail")
    flags = flags.parse_args()

    # aiosmtpd warns of every weak setting, and these are wanted.
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")

    tls = None
    if flags.mode in ("starttls", "tls"):
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(flags.certificate)
    handler = Handler(flags.fault, flags.times, flags.hold, flags.leave)

    def connection():
        if flags.mode == "slow":
            return Silent()
        return Told(
            handler,
            hostname="localhost",
            tls_context=tls if flags.mode == "starttls" else None,
            require_starttls=flags.mode == "starttls",
            auth_required=flags.login is not None,
            auth_require_tls=False,
            authenticator=authenticator(flags.login),
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        connection, "127.0.0.1", flags.port, ssl=tls if flags.mode == "tls" else None, reuse_address=True
    )
    print(server.sockets[0].getsockname()[1], flush=True)

    while await loop.run_in_executor(None, sys.stdin.readline):
        handler.released.set()


asyncio.run(main())

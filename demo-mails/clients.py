"""What mail programs and archive systems leave in a mail: their header lines, boundaries and Message-IDs.

Owns one table and the chains of Received lines; knows nothing of what a mail says.

In the patterns, {h8} and the like are that many hexadecimal digits, {d6} decimal ones, {domain} the sender's domain,
{host} the sender's host name; {uuid} looks like one. They are drawn from the mail's own random numbers.
"""
import datetime
import re
from email.utils import format_datetime

# headers: lines before Content-Type; boundary; id: of the Message-ID; wrap: where plain text is broken (0: nowhere)
CLIENTS = {
    "outlook2003": dict(
        headers=["X-Mailer: Microsoft Office Outlook 11", "Thread-Index: Acew{b22}A==",
                 "X-MimeOLE: Produced By Microsoft MimeOLE V6.00.2900.3138"],
        boundary="----=_NextPart_000_{H4}_01C7B1A4.{H8}", id="{h12}${h8}${h8}@{host}", wrap=76),
    "outlook-express": dict(
        headers=["X-Priority: 3", "X-MSMail-Priority: Normal", "X-Mailer: Microsoft Outlook Express 6.00.2900.3138"],
        boundary="----=_NextPart_000_{H4}_01C7AF5B.{H8}", id="{h12}${h8}${h8}@{host}", wrap=76),
    "ephorte": dict(
        headers=["X-Mailer: ePhorte e-postutsending", "X-Priority: 3 (Normal)"],
        boundary="=_ephorte_{h24}", id="{d8}.{d13}.JavaMail.ephorte@{host}", wrap=76),
    "imp": dict(
        headers=["User-Agent: Internet Messaging Program (IMP) H3 (4.1.4)", "X-Originating-IP: 192.0.2.9"],
        boundary="=_{h16}", id="2007{d10}.{h12}@webmail.{domain}", wrap=72),
    "thunderbird": dict(
        headers=["User-Agent: Mozilla Thunderbird", "Content-Language: nb-NO"],
        boundary="------------{h24}", id="{uuid}@{domain}", wrap=72),
    "lotus": dict(
        headers=["X-Mailer: Lotus Notes Release 6.5.4 March 27, 2005",
                 "X-MIMETrack: Serialize by Router on {host}(Release 6.5.5|November 30, 2005)"],
        boundary="0__={H32}", id="OF{H8}.{H8}-ONC{H8}.{H8}-C{H8}.{H8}@{domain}", wrap=0),
    "applemail2007": dict(
        headers=["X-Mailer: Apple Mail (2.752.3)"],
        boundary="Apple-Mail-{d1}-{d9}", id="{uuid}@{domain}", wrap=72),
    "gmail2007": dict(headers=[], boundary="----=_Part_{d6}_{d8}.{d13}", id="{h6}0706{h24}@mail.{domain}", wrap=72),
    "webmail": dict(
        headers=["User-Agent: Roundcube Webmail/1.4.13", "X-Sender: {address}"],
        boundary="=_{h32}", id="{h32}@{domain}", wrap=72),
    "newsletter": dict(
        headers=["List-Id: Arbeidslivsnytt <arbeidslivsnytt.nyhetsbrev.example>",
                 "List-Unsubscribe: <http://nyhetsbrev.example/avmelding?id=4711>", "Precedence: bulk",
                 "X-Mailer: Utsending 3.1"],
        boundary="=_utsending_{h16}", id="4711.{d10}@{domain}", wrap=72),
    "exchange": dict(
        headers=["Thread-Index: AQHY{b22}==", "Accept-Language: nb-NO, en-US", "Content-Language: nb-NO",
                 "X-Originating-IP: [192.0.2.140]"],
        boundary="_000_{H32}EX{d2}_", id="{H20}{H12}@{host}", wrap=0),
    "exchange-oof": dict(
        headers=["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All",
                 "X-MS-Exchange-Inbox-Rules-Loop: {address}", "Precedence: bulk", "Content-Language: nb-NO"],
        boundary="_000_{H32}EX{d2}_", id="{H20}{H12}@{host}", wrap=0),
    "exchange-mdn": dict(
        headers=["X-Auto-Response-Suppress: All", "Thread-Index: AQHY{b22}==", "Content-Language: nb-NO"],
        boundary="_000_{H32}EX{d2}_", id="{H20}{H12}@{host}", wrap=0),
    "postfix-dsn": dict(
        headers=["Auto-Submitted: auto-replied"],
        boundary="4KnXw81Bq2z9sT.{d10}/mx.fjellheim.example", id="2022{d10}.{H10}@{host}", wrap=72),
    "public360": dict(
        headers=["X-Mailer: Public 360", "X-360-Document: {d6}"],
        boundary="--boundary_{d2}_{uuid}", id="{uuid}@360.{domain}", wrap=0),
    "elements": dict(
        headers=["X-Mailer: Elements Utsending"],
        boundary="----=_Part_{d3}_{d9}.{d13}", id="{d10}.{d3}.{d13}@elements.{domain}", wrap=0),
    "gmail": dict(headers=[], boundary="0000000000{h18}", id="CA{b22}+{b22}@mail.{domain}", wrap=72),
    "iphone": dict(
        headers=["X-Mailer: iPhone Mail (19E258)"],
        boundary="Apple-Mail-{uuid}", id="{uuid}@{domain}", wrap=0),
    "applemail": dict(
        headers=["X-Mailer: Apple Mail (2.3696.80.82.1.1)"],
        boundary="Apple-Mail=_{uuid}", id="{uuid}@{domain}", wrap=0),
}

ALPHABETS = {"h": "0123456789abcdef", "H": "0123456789ABCDEF", "d": "0123456789",
             "b": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"}


def fill(pattern, dice, address):
    """The pattern with its marks replaced; the same dice and address give the same text."""
    domain = address.split("@")[1]
    draw = lambda kind, n: "".join(dice.choice(ALPHABETS[kind]) for _ in range(n))
    known = {"domain": lambda: domain, "address": lambda: address,
             "host": lambda: "ex%02d.%s" % (dice.randrange(1, 30), domain),
             "uuid": lambda: "-".join(draw("H", n) for n in (8, 4, 4, 4, 12))}
    return re.sub(r"\{(\w+)\}", lambda m: known[m[1]]() if m[1] in known else draw(m[1][0], int(m[1][1:])), pattern)


def hop(text, at, utc=False):
    return f"Received: {text};\r\n\t" + format_datetime(at.astimezone(datetime.timezone.utc) if utc else at)


def received(dice, address, mailbox, sent, arrival):
    """
    The Received lines of one delivery, topmost first: the mailbox's server, the ministries' gateway, the sender's
    own servers. `arrival` stands in the topmost; the others lie between it and `sent`.
    """
    domain = address.split("@")[1]
    number = lambda: dice.randrange(2, 250)
    between = lambda share: sent + (arrival - sent) * share
    h = lambda n: "".join(dice.choice(ALPHABETS["H"]) for _ in range(n))
    inside = mailbox.split("@")[1] == domain or domain.endswith(".dep.no")
    gateway = "exch3.depmail.example" if inside else "mx1.depmail.example"
    if arrival.year < 2015:
        lines = [hop(f"from {gateway} ({gateway} [198.51.100.7])\r\n\tby post1.depmail.example (Postfix) with ESMTP id "
                     f"{h(10)}\r\n\tfor <{mailbox}>", arrival)]
        if not inside:
            lines.append(hop(f"from smtp.{domain} (smtp.{domain} [192.0.2.{number()}])\r\n\tby {gateway} (8.13.8/8.13.8) "
                             f"with ESMTP id l5{h(6)}0{number()}", between(0.8)))
            lines.append(hop(f"from pc{number()}.{domain} ([10.{number()}.{number()}.{number()}])\r\n\tby smtp.{domain} "
                             "with Microsoft SMTPSVC(6.0.3790.1830)", between(0.3)))
        return lines
    lines = [hop(f"from {gateway} (198.51.100.12)\r\n\tby post2.depmail.example (198.51.100.40) with Microsoft SMTP "
                 "Server\r\n\t(version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)\r\n\tid 15.1.2375.24",
                 arrival, utc=True)]
    if not inside:
        lines.append("Authentication-Results: mx1.depmail.example;\r\n\tspf=pass smtp.mailfrom=" + domain +
                     ";\r\n\tdkim=none; dmarc=none header.from=" + domain)
        lines.append(hop(f"from out{number()}.{domain} (out.{domain} [203.0.113.{number()}])\r\n\tby {gateway} (Postfix) "
                         f"with ESMTPS id 4K{h(12)}\r\n\tfor <{mailbox}>", between(0.7)))
        lines.append(hop(f"from [2001:db8::{number():x}] by out.{domain} with ESMTPSA id {h(14).lower()}",
                         between(0.2), utc=True))
    return lines

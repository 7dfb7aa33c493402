"""The receipt as the desk hands it out: with a way back and a button to print, neither of them on paper."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from django.http import HttpResponse
from django.template.loader import render_to_string

_STYLE = Path(__file__).with_name("paper.css").read_text("utf-8")


def paper(html: str, *, back: str) -> HttpResponse:
    """The page of a receipt. It carries its own style, to be readable once saved.

    Allowed by its hash; of scripts only our own, which prints.
    """
    bar = render_to_string("family/paper_bar.html", {"back": back})
    html = html.replace("</style>", f"{_STYLE}</style>", 1).replace("<body>", f"<body>\n{bar}", 1)
    style = html.partition("<style>")[2].partition("</style>")[0]
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{allowed}'; script-src 'self';"
        " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    return HttpResponse(html, headers={"Content-Security-Policy": policy})

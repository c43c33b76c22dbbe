"""The files of a project for xlwings Server that has our functions, all but the workbook.

xlwings Server itself is no part of this package and is not installed with it: whoever runs it agrees to its licence
and brings the key.
"""

from __future__ import annotations

import hashlib
import re
import uuid

from xl_infusion.hosts.lite.single_file import XLWINGS
from xl_infusion.hosts.server.help_site import site
from xl_infusion.spreadsheet.formula.addin_names import WrongName
from xl_infusion.version import __version__

#: The version of xlwings Server that the project was tried with.
SERVER = "1.20.0"
#: The files that a user adds to, and the one line that publishes the functions.
FUNCTIONS_FILE, SCRIPTS_FILE = "custom_functions/__init__.py", "custom_scripts/__init__.py"
ONE_LINE = "from xl_infusion.hosts.server import *  # noqa\n"
#: Where the help pages stand in the project; xlwings Server serves what is in ``static``.
HELP = "static/help/"
#: xlwings Server's names for the places where a project may run; in all but the last it adds them to the namespace.
_ENVIRONMENTS = ("dev", "qa", "uat", "staging", "prod")

_HOSTNAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")


def checked_hostname(text: str) -> str:
    """The name under which a server is reached. Errors: `WrongName` for what is none.

    >>> checked_hostname("xl.example.org:8443")
    'xl.example.org:8443'
    """
    if text and not _HOSTNAME.fullmatch(text):
        raise WrongName(f"host name {text!r}: the name alone, without https:// and without a path: xl.example.org")
    return text


def project(namespace: str, hostname: str, workbook: str | None) -> dict[str, str]:
    """Path in the folder -> text; the same texts every time.

    In: the add-in's namespace in formulas; the server's name, "" where it is not known yet; the workbook's name.
    """
    return {
        FUNCTIONS_FILE: ONE_LINE,
        SCRIPTS_FILE: "# Scripts of your own; xlwings Server asks for this folder.\n",
        "templates/taskpane.html": _TASKPANE,
        "pyproject.toml": _settings(namespace),
        "requirements.txt": _REQUIREMENTS,
        ".env.example": _ENVIRONMENT.format(hostname=hostname),
        ".gitignore": ".env\n__pycache__/\n",
        "README.md": _readme(namespace, hostname, workbook),
        **{f"{HELP}{name}": text for name, text in site().items()},
    }


def _settings(namespace: str) -> str:
    ids = "".join(f'manifest_id_{one} = "{_add_in(namespace, one)}"\n' for one in _ENVIRONMENTS)
    return f"""# Settings of xlwings Server that are no secret; those of .env go before them.
[tool.xlwings_server]
project_name = "Home infusion billing"
functions_namespace = "{namespace}"
environment = "prod"
enable_socketio = false  # streams, which none of the functions is
enable_hotreload = false
enable_excel_online = true
cors_allow_origins = ["*"]  # Excel on the web asks for it

# Who the add-in is for Excel: where these change, the add-in has to be installed anew.
{ids}"""


def _add_in(namespace: str, environment: str) -> uuid.UUID:
    """An add-in's id: the same for one namespace, so that a project that is written again stays the same add-in."""
    return uuid.UUID(bytes=hashlib.sha256(f"xl_infusion {namespace} {environment}".encode()).digest()[:16], version=4)


_REQUIREMENTS = f"""# xl_infusion {__version__} itself is in no package index: pip install . in a copy of its repository
xlwings-server=={SERVER}
xlwings=={XLWINGS}
"""

_ENVIRONMENT = """# Copy this file to .env and fill it in. Keep .env to yourself: it is not to be shared or checked in.

# Your licence key of xlwings (https://www.xlwings.org); none comes with this project. README.md says who needs which.
XLWINGS_LICENSE_KEY=

# The name under which Excel reaches this server, without https://; the functions' help links need it.
XLWINGS_HOSTNAME={hostname}

# Who may call the functions: as it is anyone who reaches the server. Microsoft Entra ID:
# XLWINGS_AUTH_PROVIDERS=["entraid"]
# XLWINGS_AUTH_ENTRAID_CLIENT_ID=
# XLWINGS_AUTH_ENTRAID_TENANT_ID=
"""

_TASKPANE = """{% extends "base.html" %}
{% block content %}
  <div class="container-fluid pt-3">
    <h5>Home infusion billing</h5>
    <p>The worksheet functions are there while this add-in is. Nothing needs to be done here.</p>
    <p><a href="{{ url_for('static', path='/help/index.html') }}" target="_blank" rel="noopener">The functions</a></p>
  </div>
{% endblock content %}
"""


def _readme(namespace: str, hostname: str, workbook: str | None) -> str:
    name = hostname or "HOSTNAME"
    last = (
        f"Open `{workbook}` and type orders.\n   In another workbook type `={namespace}.JUNITS(`: Excel shows the rest."
        if workbook
        else f"In a workbook type `={namespace}.JUNITS(`: Excel shows the rest."
    )
    return f"""# Home infusion billing on xlwings Server

Everyone in your organisation has the functions in Excel on Windows, on a Mac and on the web, without a Python of their
own: Excel asks this server. Written by `xl-infusion server`, xl_infusion {__version__}. Not verified in Excel.

1. On the server, with Python 3.11 or newer, in a virtual environment: `pip install .` in a copy of xl_infusion's
   repository, then `pip install -r requirements.txt` here.
2. Copy `.env.example` to `.env`; enter your licence key and the server's name.
3. In this folder: `python -m uvicorn xlwings_server.main:main_app --workers 2 --host 127.0.0.1 --port 8000`, behind a
   web server that answers `https://{name}` and passes it on. Office takes add-ins over https only.
4. Microsoft 365 admin center > Settings > Integrated apps > Upload custom apps: the file that
   `https://{name}/manifest/download` gives you.
5. {last}

## The licence

xlwings Server and the part of xlwings that serves Office.js are not under the MIT licence of xl_infusion. They are
offered under the PolyForm Noncommercial License 1.0.0 or with a paid key of xlwings PRO
(https://www.xlwings.org/pricing). **Billing for a pharmacy is commercial use: it takes a paid key.** xl_infusion comes
with no key and takes none for you; without one the server does not start. Without xlwings Server, at no cost: xlwings
Lite (`xl-infusion lite`), Excel on Windows (`xl-infusion install`), LibreOffice (`xl-infusion calc install`).

## Patients' data

Each call sends the cells of its arguments to this server. It writes none of them down; the last claims stay in its
memory until others take their place, and a log line has the name of a function and of a user, never a cell. As it is
anyone who reaches the server may call it: keep it inside your network, or let people sign in (`.env.example`).

## Newer codes, a newer version

`xl-infusion codes update FILE...` on the server, as the user that runs it, then start it anew. After an update of
xl_infusion write this folder again:

    xl-infusion server FOLDER --force --no-workbook --namespace {namespace}

`.env`, functions of your own behind the first line of `{FUNCTIONS_FILE}`, your scripts in
`{SCRIPTS_FILE}` and the add-in's ids stay; the other files are replaced.
"""

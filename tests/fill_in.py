"""Types into a form by LibreOffice: run by the system's Python, which knows LibreOffice, as a program of its own."""

import json
import os
import subprocess
import sys
import time
import uuid
from typing import Any

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]

FILTERS = {"xlsx": "Calc MS Excel 2007 XML", "ods": "calc8"}
PATIENCE = 600


def value(name: str, content: Any) -> Any:
    """Make one property."""
    made = PropertyValue()
    made.Name, made.Value = name, content
    return made


def connected(pipe: str) -> Any:
    """Wait until the office answers."""
    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
    for _ in range(PATIENCE):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.1)
    raise SystemExit("the office never answered")


def set_locale(manager: Any, context: Any, locale: str) -> None:
    """Let the office read what is typed as people of a country mean it."""
    provider = manager.createInstanceWithContext("com.sun.star.configuration.ConfigurationProvider", context)
    access = provider.createInstanceWithArguments(
        "com.sun.star.configuration.ConfigurationUpdateAccess", (value("nodepath", "/org.openoffice.Setup/L10N"),)
    )
    access.ooSetupSystemLocale = locale
    access.commitChanges()


def main() -> None:
    """Open, type, save."""
    asked, pipe = json.load(sys.stdin), uuid.uuid4().hex
    office = subprocess.Popen(  # noqa: S603  Our own words.
        [
            os.environ["OFFICE"],
            f"-env:UserInstallation={os.environ['PROFILE']}",
            "--headless",
            "--norestore",
            f"--accept=pipe,name={pipe};urp;",
        ]
    )
    try:
        context = connected(pipe)
        manager = context.ServiceManager
        set_locale(manager, context, asked["locale"])
        desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        document = desktop.loadComponentFromURL(asked["form"], "_blank", 0, (value("Hidden", True),))
        for cell, typed in asked["cells"].items():
            type_in(document, manager, context, cell, typed)
        document.storeToURL(asked["saved"], (value("FilterName", FILTERS[asked["into"]]),))
        document.close(True)
        desktop.terminate()
    finally:
        office.wait(60)


def type_in(document: Any, manager: Any, context: Any, cell: str, typed: str) -> None:
    """Type into one cell, as at the keyboard: what is typed is read by the cell's format and the locale."""
    dispatcher = manager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
    frame = document.CurrentController.Frame
    dispatcher.executeDispatch(frame, ".uno:GoToCell", "", 0, (value("ToPoint", cell),))
    dispatcher.executeDispatch(frame, ".uno:EnterString", "", 0, (value("StringName", typed),))


if __name__ == "__main__":
    main()

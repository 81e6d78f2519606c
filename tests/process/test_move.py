"""`dondoc move`: what began on the embedded PostgreSQL goes on on a server of one's own."""

import os
from pathlib import Path

import pytest

from embedded_postgres import APP, OWNER
from tests.files import pdf
from tests.given import TRAINING
from tests.outside.programs import private_folder
from tests.process.pair import USER, Server
from tests.process.running import Running, lay_out
from tests.process.test_backups import COMMON, content, filed, post

pytestmark = pytest.mark.load


def test_what_began_on_the_embedded_server_goes_on_on_ones_own(tmp_path: Path) -> None:
    user = USER if os.geteuid() == 0 else None
    lay_out(tmp_path)
    here = Running(tmp_path, **COMMON)
    with private_folder(user) as folder:
        server = Server(folder, user, synchronous=False)
        server.begin()
        server.start()
        address = f"127.0.0.1:{server.port}/dondoc"
        own = {"DATABASE_URL": f"postgresql://{APP}@{address}", "DATABASE_OWNER_URL": f"postgresql://{OWNER}@{address}"}
        there = Running(tmp_path, **COMMON, **own)
        try:
            here.start()
            reported = {"state": "in_progress", "percent": 40, "summary": "Đã tổ chức hai lớp."}
            post(here, "cong-an", f"/v1/obligations/{TRAINING}/updates", reported)
            evidence, token = filed(here, TRAINING, pdf("moved")), here.token("cong-an")
            assert "end it first" in there.dondoc("move", status=1)
            before = here.get("coordinator", "/v1/events", limit=500)["items"]
            here.stop()
            here.wait_until_let_go()

            said = there.dondoc("move")

            assert "The database has moved" in said
            assert said.endswith(", 1 files.\n")
            assert "holds a plan already" in there.dondoc("move", status=1)
            there.start()
            assert content(there, evidence, token).content == pdf("moved")
            post(there, "cong-an", f"/v1/obligations/{TRAINING}/updates", reported)
            events = there.get("coordinator", "/v1/events", limit=500, after=0)["items"]
            assert events[: len(before)] == before
            assert "intact" in there.dondoc("verify", "--files")
        finally:
            for one in (here, there):
                one.stop()
                one.http.close()
            server.stop()

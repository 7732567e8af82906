import pytest, traceback
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.growth.desk import Desk
from tests.growth.test_desk_queries import EVERY
pytestmark = pytest.mark.django_db
RES={}
@pytest.mark.parametrize("rows", [1, 3])
def test_numbers(rows):
    import time
    t=time.process_time()
    desk = Desk(rows)
    print("world", time.process_time()-t)
    out=[]
    for page in EVERY:
        role, *address = page
        try:
            url=desk.url(*address)
            with CaptureQueriesContext(connection) as q:
                r = desk.clients[role].get(url)
            out.append((page, r.status_code, len(q), len(r.content)))
        except Exception as e:
            out.append((page, "ERR", repr(e)[:200], 0))
    RES[rows]=out
    open(f"/tmp/h/matrix/numbers{rows}.txt","w").write("\n".join(map(repr,out)))

"""What a workbook's model comes to as one HTML page, for those who only read.

It stands on the floor of the workbook: it reads one, asks the worksheet functions, and writes a file. `tables` reads,
`answers` asks the functions (`ask`) and says what they answer (`expected`, `contracts`, `months`; no look, no library),
`charts` draws with matplotlib, `page` sets it all with jinja2. These two libraries come with the extra ``report`` and
are imported when a page is set.
"""

from xl_infusion.workbook.report.ask import NoScenario
from xl_infusion.workbook.report.tables import NoOrders
from xl_infusion.workbook.report.write import Missing, Written, write_report

__all__ = ["Missing", "NoOrders", "NoScenario", "Written", "write_report"]

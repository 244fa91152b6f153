"""Reads what `swift test --xunit-output` wrote and prints "passed failed".

usage: xunit.py FOLDER STATUS   (STATUS is that of swift test: a run that failed without a failed test counts as one)
"""

import sys
import xml.etree.ElementTree as xml
from pathlib import Path

total = failures = 0
for report in Path(sys.argv[1]).glob("unit-tests*.xml"):
    for suite in xml.parse(report).getroot().iter("testsuite"):
        total += int(suite.get("tests", 0))
        failures += sum(1 for case in suite.iter("testcase")
                        if case.find("failure") is not None or case.find("error") is not None)
if sys.argv[2] != "0" or total == 0:
    failures = max(failures, 1)
print(max(total - failures, 0), failures)

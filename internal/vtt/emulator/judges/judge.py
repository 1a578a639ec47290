"""A foreign judge: zeep, in strict mode, reads the published contract, makes every call of a scenario and compares every value.

It reads like judge.php and judge.mjs. Usage: python3 judge.py http://127.0.0.1:8048/Portal.svc scenario.json

Prints one line for each operation and each code of a fault. The exit status is 1 if anything was not as it should be.

What this stack makes of the wire: xs:decimal is a Decimal, nothing is lost; xs:dateTime is a datetime, naive where the wire
has no offset; nil, absent and empty elements all are None. Prefixes of fault codes stay. Strict mode fails on any element
that the contract does not have. Parameters and members are written in the contract's order, whatever theirs.
"""

import datetime
import decimal
import json
import sys

import zeep

url, file = sys.argv[1:]
with open(file, encoding="utf-8") as scenario:
    units = json.load(scenario)
settings = zeep.Settings(strict=True)
compared = 0


class OwnAction(zeep.Plugin):
    """Sends another SOAPAction than the operation's."""

    action = None

    def egress(self, envelope, http_headers, operation, binding_options):
        if self.action:
            http_headers["SOAPAction"] = f'"{self.action}"'
        return envelope, http_headers


own = OwnAction()
client = zeep.Client(f"{url}?singleWsdl", settings=settings, plugins=[own])
parts = zeep.Client(f"{url}?wsdl", settings=settings)


def same(want, got, where):
    """Compares what was read with a tree: nil, a scalar with its type, an object, a list."""
    if isinstance(want, dict):
        members(want, got, where)
    elif isinstance(want, list):
        holds(isinstance(got, list) and len(got) == len(want), where, f"{len(want)} rows", got)
        for i, row in enumerate(want):
            same(row, got[i], f"{where}/{i}")
    else:
        expected = None if want is None else scalar(*want.split(" ", 1))
        holds(type(expected) is type(got) and expected == got, where, expected, got)


def members(want, got, where):
    if isinstance(got, list) and len(want) == 1:
        got = dict.fromkeys(want, got)  # a result that is an array comes without the object around its rows
    names = list(got) if got is not None else []
    for name, value in want.items():
        if value == [] and (got is None or not got[name]):
            continue  # an empty list may be none
        holds(name in names, f"{where}/{name}", "a member", got)
        same(value, got[name], f"{where}/{name}")
    surplus = [name for name in names if name not in want and got[name] is not None]
    holds(surplus == [], where, "no more members", surplus)


def scalar(kind, text):
    """What this stack reads from the text of a type."""
    if kind == "int":
        return int(text)
    if kind == "boolean":
        return text == "true"
    if kind == "decimal":
        return decimal.Decimal(text)
    if kind == "dateTime":
        return datetime.datetime.fromisoformat(text)
    return text or None


def holds(true, where, want, got):
    global compared
    compared += 1
    if not true:
        raise AssertionError(f"{where}: want {want!r}, got {got!r}")


def perform(call):
    """Makes one call of a scenario, which must be answered, or refused, as it says."""
    own.action = call.get("action")
    operation = client.service[call["operation"]]
    code, answer, fault = "", None, None
    try:
        answer = operation(**dict(reversed(call["parameters"].items())), password=call["password"], login=call["login"])
    except zeep.exceptions.Fault as refusal:
        fault, code = refusal, refusal.code.rpartition(":")[2]
    holds(code == call.get("fault", ""), call["operation"], f"fault {call.get('fault', 'none')}", fault)
    if code == "":
        same(call["answer"], answer, call["operation"])
    else:
        holds(fault.message == call["reason"], call["operation"], call["reason"], fault.message)


def judge(name, test):
    """Does one test and prints its line."""
    try:
        print(f"ok   {name}: {test()}")
        return True
    except Exception as e:  # whatever the stack throws is a verdict
        print(f"FAIL {name}: {type(e).__name__}: {e}")
        return False


def operations(of):
    """The operations that a contract has, in order of their names."""
    return sorted(name for binding in of.wsdl.bindings.values() for name in binding.all())


def contracts():
    holds(operations(client) == operations(parts), "the contract in parts", operations(client), operations(parts))
    return f"{len(operations(client))} operations, in one document and in parts"


def play(unit):
    global compared
    compared = 0
    for call in unit["calls"]:
        perform(call)
    return f"{len(unit['calls'])} calls, {compared} comparisons"


ok = judge("WSDL", contracts)
for unit in units:
    ok = judge(unit["name"], lambda: play(unit)) and ok
sys.exit(0 if ok else 1)

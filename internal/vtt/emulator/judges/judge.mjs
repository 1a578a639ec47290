// A foreign judge: npm's soap reads the published contract, makes every call of a scenario and compares every value.
// It reads like judge.php and judge.py. Usage: node judge.mjs http://127.0.0.1:8048/Portal.svc scenario.json
//
// Prints one line for each operation and each code of a fault. The exit status is 1 if anything was not as it should be.
//
// What this stack makes of the wire: xs:decimal becomes a floating point number, unless a deserializer of one's own keeps the text, as
// here; xs:dateTime is a Date, and without an offset in the zone of this machine; nil is dropped, unless handleNilAsNull makes it null.
// Prefixes of fault codes stay. A faultstring with a language is an object. Members are written in the contract's order, but
// parameters in the order of the caller's object, in which the service may not see them.
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import soap from 'soap';

const [url, file] = process.argv.slice(2);
const units = JSON.parse(await readFile(file, 'utf8'));
const options = { disableCache: true, handleNilAsNull: true, preserveWhitespace: true, customDeserializer: { decimal: (text) => text } };
const client = await soap.createClientAsync(`${url}?singleWsdl`, options);
const parts = await soap.createClientAsync(`${url}?wsdl`, options);
let compared = 0;
let anItem; // the envelope of an item and what is in it

/** Compares what was read with a tree: nil, a scalar with its type, an object, a list. */
function same(want, got, where) {
  if (Array.isArray(want)) {
    holds(Array.isArray(got) && got.length === want.length, where, `${want.length} rows`, got);
    want.forEach((row, i) => same(row, got[i], `${where}/${i}`));
  } else if (want !== null && typeof want === 'object') {
    members(want, got, where);
  } else {
    const expected = want === null ? null : scalar(...want.split(/ (.*)/s));
    holds(isDeepStrictEqual(expected, got), where, expected, got);
  }
}

function members(want, got, where) {
  for (const [name, value] of Object.entries(want)) {
    if (isDeepStrictEqual(value, []) && got === null) continue; // an object of nothing but an empty list is null
    if (isDeepStrictEqual(value, []) && !(name in got)) continue;
    holds(got !== null && name in got, `${where}/${name}`, 'a member', got);
    same(value, got[name], `${where}/${name}`);
  }
  const surplus = Object.keys(got ?? {}).filter((name) => !(name in want));
  holds(surplus.length === 0, where, 'no more members', surplus);
}

/** What this stack reads from the text of a type. */
function scalar(type, text) {
  switch (type) {
    case 'int': return Number.parseInt(text, 10);
    case 'boolean': return text === 'true';
    case 'dateTime': return new Date(text);
    default: return text;
  }
}

function holds(true_, where, want, got) {
  compared++;
  if (!true_) throw new Error(`${where}: want ${JSON.stringify(want)}, got ${JSON.stringify(got)}`);
}

/** Makes one call of a scenario, which must be answered, or refused, as it says. */
async function perform(call) {
  const parameters = { login: call.login, password: call.password, ...call.parameters };
  const headers = call.action ? { SOAPAction: `"${call.action}"` } : {};
  let code = '', answer, fault;
  try {
    let envelope;
    [answer, envelope] = await client[`${call.operation}Async`](parameters, {}, headers);
    if (call.operation === 'GetItem') anItem ??= { envelope, answer: call.answer };
  } catch (error) {
    fault = error.root?.Envelope.Body.Fault;
    if (!fault) throw error;
    code = fault.faultcode.replace(/^.*:/, '');
  }
  holds(code === (call.fault ?? ''), call.operation, `fault ${call.fault ?? 'none'}`, fault);
  if (code === '') {
    same(call.answer, answer?.[`${call.operation}Result`] ?? null, call.operation);
  } else {
    holds(fault.faultstring.$value === call.reason, call.operation, call.reason, fault.faultstring);
  }
}

/** Does one test and prints its line. */
async function judge(name, test) {
  try {
    console.log(`ok   ${name}: ${await test()}`);
    return true;
  } catch (error) {
    console.log(`FAIL ${name}: ${error.message}`);
    return false;
  }
}

/** The operations that a contract has, in order of their names. */
function operations(of) {
  return Object.keys(of.describe().PortalService.BasicHttpBinding_IPortalService).sort();
}

let ok = await judge('WSDL', async () => {
  holds(isDeepStrictEqual(operations(client), operations(parts)), 'the contract in parts', operations(client), operations(parts));
  return `${operations(client).length} operations, in one document and in parts`;
});
for (const unit of units) {
  ok = (await judge(unit.name, async () => {
    compared = 0;
    for (const call of unit.calls) await perform(call);
    return `${unit.calls.length} calls, ${compared} comparisons`;
  })) && ok;
}
ok = (await judge('defaults', async () => {
  const bare = await soap.createClientAsync(`${url}?singleWsdl`, { disableCache: true });
  const item = bare.wsdl.xmlToObject(anItem.envelope).Body.GetItemResponse.GetItemResult;
  holds(item.Price === Number(anItem.answer.Price.split(' ')[1]), 'Price', 'a floating point number', item.Price);
  const nil = Object.keys(anItem.answer).filter((name) => anItem.answer[name] === null);
  holds(nil.every((name) => !(name in item)), 'nil', 'dropped', item);
  await bare.GetItemAsync({ itemId: 'A21101', password: '', login: '' }).catch(() => {}); // refused, but written
  holds(bare.lastRequest.indexOf('<itemId>') < bare.lastRequest.indexOf('<login>'), 'parameters', 'in the order of the object', bare.lastRequest);
  return 'by itself this stack makes floating point numbers of decimals, drops nil, and leaves parameters in their order';
})) && ok;
process.exitCode = ok ? 0 : 1;

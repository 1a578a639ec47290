// A foreign service: npm's soap serves the contract that the emulator published, with canned answers, for our client to call.
// Usage: node server.mjs contract.wsdl answers.json STYLE; STYLE is prefixed, default or bare.
//
// Prints its address, then every call it reads as a line of JSON. Ends with its standard input. Each operation's answers are
// given in turn.
//
// Left to itself (bare) this stack does not keep the contract: it puts the members of DTOs into the operation's namespace
// instead of the data namespace, and writes xsi:nil without declaring xsi. Its documented means mend both: a prefix in a
// member's name («Overriding the namespace prefix»), or an xmlns attribute.
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import soap from 'soap';

const data = 'http://portal.vtt.ru/data';
const arrays = 'http://schemas.microsoft.com/2003/10/Serialization/Arrays';
const xsi = 'http://www.w3.org/2001/XMLSchema-instance';

const [wsdl, file, style] = process.argv.slice(2);
const { answers, faults } = JSON.parse(await readFile(file, 'utf8'));
const turns = {};

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Gives members their prefix: d is the data namespace in the contract, a the one of string lists. */
function prefixed(value) {
  if (Array.isArray(value)) return value.map(prefixed);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [`${name === 'string' ? 'a' : 'd'}:${name}`, prefixed(member)]));
}

/** Makes the data namespace the default one in every member of a result, and that of string lists in every string. */
function defaulted(value, namespace = data) {
  if (Array.isArray(value)) return value.map((row) => defaulted(row, namespace));
  const attributes = { xmlns: namespace };
  if (value === null) return { attributes: { ...attributes, 'xsi:nil': 'true' } };
  if (!isObject(value)) return { attributes, $value: value };
  return { attributes, ...strings(value) };
}

/** Finds the string lists below a member; everything else inherits its namespace. */
function strings(value) {
  if (Array.isArray(value)) return value.map(strings);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, name === 'string' ? defaulted(member, arrays) : strings(member)]));
}

function styled(result) {
  if (style === 'bare' || !isObject(result)) return result;
  const members = style === 'prefixed' ? prefixed(result)
    : Object.fromEntries(Object.entries(result).map(([name, member]) => [name, defaulted(member)]));
  return { attributes: { 'xmlns:xsi': xsi }, ...members };
}

function perform(operation, args) {
  console.log(JSON.stringify({ operation, args }));
  const reason = faults[args.itemId];
  if (reason) {
    const faultcode = style === 'prefixed' ? `soap:${args.itemId}` : args.itemId;
    throw { Fault: { faultcode, faultstring: reason, statusCode: 500 } };
  }
  turns[operation] = (turns[operation] ?? -1) + 1;
  const answer = answers[operation][turns[operation] % answers[operation].length];
  return answer === null ? {} : { [`${operation}Result`]: styled(answer) };
}

const operations = Object.fromEntries(Object.keys(answers).map((operation) => [operation, (args) => perform(operation, args)]));
const server = http.createServer();
server.listen(0, '127.0.0.1', async () => {
  soap.listen(server, {
    path: '/Portal.svc',
    services: { PortalService: { BasicHttpBinding_IPortalService: operations } },
    xml: await readFile(wsdl, 'utf8'),
    callback: () => console.log(`http://127.0.0.1:${server.address().port}/Portal.svc`),
  });
});
process.stdin.resume().on('end', () => process.exit());

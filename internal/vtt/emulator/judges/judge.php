<?php
// A foreign judge: PHP's SoapClient reads the published contract, makes every call of a scenario and compares every value.
// It reads like judge.py and judge.mjs. Usage: php judge.php http://127.0.0.1:8048/Portal.svc scenario.json
//
// Prints one line for each operation and each code of a fault. The exit status is 1 if anything was not as it should be.
//
// What this stack makes of the wire: xs:decimal and xs:dateTime stay text, nothing is lost; nil is null, and what is absent is
// no property at all. Prefixes of fault codes stay. Parameters and members are written in the contract's order, whatever theirs.
declare(strict_types=1);

/** Sends another SOAPAction than the operation's: in WSDL mode SoapClient ignores its own option for that. */
class OwnAction extends SoapClient
{
    public ?string $action = null;

    public function __doRequest(string $request, string $location, string $action, int $version, bool $oneWay = false): ?string
    {
        return parent::__doRequest($request, $location, $this->action ?? $action, $version, $oneWay);
    }
}

[, $url, $file] = $argv;
$units = json_decode(file_get_contents($file), flags: JSON_THROW_ON_ERROR);
$client = new OwnAction("$url?singleWsdl", ['cache_wsdl' => WSDL_CACHE_NONE, 'features' => SOAP_SINGLE_ELEMENT_ARRAYS]);
$parts = new SoapClient("$url?wsdl", ['cache_wsdl' => WSDL_CACHE_NONE]);
$compared = 0;

/** Compares what was read with a tree: nil, a scalar with its type, an object, a list. */
function same(mixed $want, mixed $got, string $where): void
{
    if ($want instanceof stdClass) {
        members($want, $got, $where);
    } elseif (is_array($want)) {
        holds(is_array($got) && count($got) === count($want), $where, count($want) . ' rows', $got);
        foreach ($want as $i => $row) {
            same($row, $got[$i], "$where/$i");
        }
    } else {
        $expected = $want === null ? null : scalar(...explode(' ', $want, 2));
        holds($expected === $got, $where, $expected, $got);
    }
}

function members(stdClass $want, mixed $got, string $where): void
{
    holds($got instanceof stdClass, $where, 'an object', $got);
    foreach (get_object_vars($want) as $name => $value) {
        if ($value === [] && !property_exists($got, $name)) {
            continue; // an empty list is an object without the property
        }
        holds(property_exists($got, $name), "$where/$name", 'a property', $got);
        same($value, $got->$name, "$where/$name");
    }
    $surplus = array_diff(array_keys(get_object_vars($got)), array_keys(get_object_vars($want)));
    holds($surplus === [], $where, 'no more members', $surplus);
}

/** What this stack reads from the text of a type. */
function scalar(string $type, string $text): mixed
{
    return match ($type) {
        'int' => (int) $text,
        'boolean' => $text === 'true',
        'decimal', 'dateTime', 'string' => $text,
    };
}

function holds(bool $true, string $where, mixed $want, mixed $got): void
{
    global $compared;
    $compared++;
    if (!$true) {
        throw new UnexpectedValueException("$where: want " . var_export($want, true) . ', got ' . var_export($got, true));
    }
}

/** Makes one call of a scenario, which must be answered, or refused, as it says. */
function perform(stdClass $call): void
{
    global $client;
    $parameters = array_reverse((array) $call->parameters) + ['password' => $call->password, 'login' => $call->login];
    $client->action = $call->action ?? null;
    try {
        $answer = $client->{$call->operation}($parameters);
        $code = '';
    } catch (SoapFault $fault) {
        $code = preg_replace('~^.*:~', '', $fault->faultcode);
    }
    holds($code === ($call->fault ?? ''), $call->operation, 'fault ' . ($call->fault ?? 'none'), $fault ?? null);
    if ($code === '') {
        same($call->answer, $answer->{$call->operation . 'Result'} ?? null, $call->operation);
    } else {
        holds($fault->faultstring === $call->reason, $call->operation, $call->reason, $fault->faultstring);
    }
}

/** Does one test and prints its line. */
function judge(string $name, callable $test): bool
{
    try {
        $told = $test(); // before anything is printed
        echo "ok   $name: $told\n";
        return true;
    } catch (Throwable $e) {
        echo "FAIL $name: ", $e->getMessage(), "\n";
        return false;
    }
}

/** The operations that a contract has, in order of their names. */
function operations(SoapClient $of): array
{
    $names = array_map(fn (string $f) => preg_replace('~^\S+ (\w+)\(.*~', '$1', $f), $of->__getFunctions());
    sort($names);
    return array_values(array_unique($names));
}

$ok = judge('WSDL', function () use ($client, $parts) {
    holds(operations($client) === operations($parts), 'the contract in parts', operations($client), operations($parts));
    return count(operations($client)) . ' operations, in one document and in parts';
});
foreach ($units as $unit) {
    $ok = judge($unit->name, function () use ($unit, &$compared) {
        $compared = 0;
        array_map('perform', $unit->calls);
        return count($unit->calls) . " calls, $compared comparisons";
    }) && $ok;
}
exit($ok ? 0 : 1);

<?php
// A foreign judge: PHP's SoapClient reads the published contract and calls every operation of it, as a dealer's PHP program
// would. Usage: php portal.php http://127.0.0.1:8048/Portal.svc
//
// Prints one line for each operation. The exit status is 1 if anything was not as it should be.
declare(strict_types=1);

$url = $argv[1] ?? exit("usage: php portal.php URL\n");
$base = preg_replace('~/Portal\.svc$~', '', $url);
$failures = 0;

/** Reads or steers the emulator itself. */
function emulator(string $method, string $path, ?array $body = null): mixed
{
    global $base;
    $context = stream_context_create(['http' => [
        'method' => $method, 'header' => 'Content-Type: application/json', 'content' => $body === null ? '' : json_encode($body),
    ]]);
    $answer = file_get_contents("$base/_emulator/$path", false, $context);
    return $answer === '' ? null : json_decode($answer, true, flags: JSON_THROW_ON_ERROR);
}

/** Notes a failure where two values are not identical, types included: a decimal must have stayed text. */
function same(mixed $want, mixed $got, string $what): void
{
    if ($want !== $got) {
        throw new UnexpectedValueException("$what is " . var_export($got, true) . ', want ' . var_export($want, true));
    }
}

function holds(bool $true, string $what): void
{
    same(true, $true, $what);
}

/** Does the test of one operation and prints its line. */
function judge(string $operation, callable $test): void
{
    global $failures;
    try {
        echo "ok   $operation: ", $test(), "\n";
    } catch (Throwable $e) {
        $failures++;
        echo "FAIL $operation: ", $e->getMessage(), "\n";
    }
}

/** Calls as an account and returns the result element, null where there is none. */
function call(array $account, string $operation, array $parameters = []): mixed
{
    global $client;
    $answer = $client->$operation(['login' => $account['login'], 'password' => $account['password']] + $parameters);
    return $answer->{$operation . 'Result'} ?? null;
}

/** Expects a fault and its code; a prefix of the code means nothing. */
function refused(string $code, callable $act): void
{
    try {
        $act();
    } catch (SoapFault $fault) {
        same($code, preg_replace('~^.*:~', '', $fault->faultcode), 'the fault code');
        holds(preg_match('~\p{Cyrillic}~u', $fault->faultstring) === 1, 'the reason in Russian');
        return;
    }
    throw new UnexpectedValueException("not refused with $code");
}

/** Expects text that is a decimal number. */
function decimal(mixed $value, string $what): string
{
    holds(is_string($value) && preg_match('~^-?\d+(\.\d+)?$~', $value) === 1, "$what as decimal text, not " . var_export($value, true));
    return $value;
}

/** A price of two decimals by a rate of four, rounded to kopecks without floats. */
function roubles(string $price, string $rate): string
{
    $product = (int) str_replace('.', '', $price) * (int) str_replace('.', '', $rate);
    $kopecks = intdiv($product + 5000, 10000);
    return sprintf('%d.%02d', intdiv($kopecks, 100), $kopecks % 100);
}

$client = new SoapClient("$url?singleWsdl", ['cache_wsdl' => WSDL_CACHE_NONE, 'features' => SOAP_SINGLE_ELEMENT_ARRAYS]);
$parts = new SoapClient("$url?wsdl", ['cache_wsdl' => WSDL_CACHE_NONE]);
emulator('POST', 'reset');
$accounts = emulator('GET', 'accounts');
$buyer = $accounts[0];
$stranger = $accounts[1];
$manager = $accounts[count($accounts) - 1];
$items = [];
$order = '';

judge('WSDL', function () use ($client, $parts) {
    $sorted = function (SoapClient $c): array {
        $list = $c->__getFunctions();
        sort($list);
        return $list;
    };
    same(18, count($sorted($client)), 'the number of operations');
    same($sorted($client), $sorted($parts), 'the contract in parts');
    return '18 operations, in one document and in parts';
});

judge('GetItems', function () use ($buyer, $stranger, &$items) {
    foreach (call($buyer, 'GetItems')->ItemDto as $item) {
        $items[$item->Id] = $item;
    }
    $known = $items['209082016'];
    same('CF283A', $known->OriginalNumber, 'OriginalNumber');
    same('Картриджи лазерные', $known->RootGroup, 'RootGroup');
    same('HP', $known->Vendor, 'Vendor');
    holds(str_starts_with($known->Name, 'Картридж HP LJ Pro M125/M127/M201 ('), "Name «{$known->Name}»");
    decimal($known->Price, 'Price');
    $others = call($stranger, 'GetItems')->ItemDto;
    same(count($items), count($others), 'the number of items');
    holds($others[0]->Price !== $known->Price, 'another price level');
    $nil = array_filter($items, fn ($i) => property_exists($i, 'PriceRetail') && $i->PriceRetail === null);
    holds(count($nil) > 0 && reset($nil)->Price === '-1', 'nil where there is no price');
    $photos = array_filter($items, fn ($i) => isset($i->PhotoUrls->string) && count($i->PhotoUrls->string) > 1);
    holds(count($photos) > 0, 'a list of photos');
    return count($items) . ' items';
});

judge('GetRuntimeItems', function () use ($buyer, &$items) {
    $list = call($buyer, 'GetRuntimeItems')->ItemRuntimeDto;
    same(count($items), count($list), 'the number of items');
    foreach ($list as $row) {
        same($items[$row->Id]->Price, $row->Price, "the price of {$row->Id}");
        same($items[$row->Id]->AvailableQuantity, $row->AvailableQuantity, "the stock of {$row->Id}");
    }
    return count($list) . ' items with the same prices and stock';
});

judge('GetItemPortion', function () use ($buyer, &$items) {
    $portion = call($buyer, 'GetItemPortion', ['from' => 0, 'to' => 9]);
    same(10, count($portion->Items->ItemDto), 'the rows of 0..9');
    same(count($items), $portion->TotalCount, 'TotalCount');
    same(array_slice(array_keys($items), 0, 10), array_map(fn ($i) => is_numeric($i->Id) ? (int) $i->Id : $i->Id, $portion->Items->ItemDto), 'the order of items');
    return '10 rows of ' . $portion->TotalCount;
});

judge('GetRuntimeItemsPortion', function () use ($buyer, &$items) {
    $portion = call($buyer, 'GetRuntimeItemsPortion', ['from' => 5, 'to' => 5]);
    same(1, count($portion->Items->ItemRuntimeDto), 'the rows of 5..5');
    return 'one row of ' . $portion->TotalCount;
});

judge('GetItem', function () use ($buyer, &$items) {
    $item = call($buyer, 'GetItem', ['itemId' => 'A21101']);
    same(json_encode($items['A21101']), json_encode($item), 'A21101');
    refused('BUSINESS_LOGIC_ERROR', fn () => call($buyer, 'GetItem', ['itemId' => 'нет такого']));
    return $item->Name;
});

judge('GetRuntimeItem', function () use ($buyer, &$items) {
    $row = call($buyer, 'GetRuntimeItem', ['itemId' => '2C918150']);
    same($items['2C918150']->MainOfficeQuantity, decimal($row->MainOfficeQuantity, 'MainOfficeQuantity'), 'MainOfficeQuantity');
    refused('CONTRACT_ERROR', fn () => call($buyer, 'GetRuntimeItem', ['itemId' => null]));
    return "{$row->AvailableQuantity} in the branch, {$row->MainOfficeQuantity} in the head office";
});

judge('GetCategories', function () use ($buyer) {
    $all = call($buyer, 'GetCategories')->CategoryDto;
    $roots = array_filter($all, fn ($c) => $c->ParentId === null);
    holds(count($roots) >= 12 && count($all) - count($roots) >= 70, 'two levels');
    return count($roots) . ' roots of ' . count($all);
});

judge('GetCategoryItems', function () use ($buyer) {
    $root = call($buyer, 'GetCategoryItems', ['categoryId' => 'CARTLAS'])->ItemDto;
    $child = call($buyer, 'GetCategoryItems', ['categoryId' => 'CARTLAS_ORIG'])->ItemDto;
    holds(count($child) > 0 && count($root) > count($child), 'a root holds more than one of its children');
    foreach ($child as $item) {
        same('Оригинальные лазерные картриджи', $item->Group, 'Group');
    }
    return count($child) . ' of ' . count($root);
});

judge('GetCategoryRuntimeItems', function () use ($buyer) {
    $rows = call($buyer, 'GetCategoryRuntimeItems', ['categoryId' => 'CARTLAS_ORIG'])->ItemRuntimeDto;
    same(count(call($buyer, 'GetCategoryItems', ['categoryId' => 'CARTLAS_ORIG'])->ItemDto), count($rows), 'the number of rows');
    refused('BUSINESS_LOGIC_ERROR', fn () => call($buyer, 'GetCategoryRuntimeItems', ['categoryId' => 'NOPE']));
    return count($rows) . ' rows';
});

judge('CreateOrder', function () use ($buyer, &$items, &$order) {
    $have = (int) $items['A21101']->AvailableQuantity;
    $lines = ['OrderLineCreationDto' => [
        ['ItemId' => 'A21101', 'Quantity' => $have + 2], // more than there is
        ['ItemId' => '2C918150', 'Quantity' => 1],
    ]];
    $order = call($buyer, 'CreateOrder', ['lines' => $lines]);
    holds(is_string($order) && $order !== '', 'a number');
    refused('CONTRACT_ERROR', fn () => call($buyer, 'CreateOrder', ['lines' => ['OrderLineCreationDto' => [['ItemId' => 'A21101', 'Quantity' => 0]]]]));
    refused('CONTRACT_ERROR', fn () => call($buyer, 'CreateOrder', ['lines' => ['OrderLineCreationDto' => []]]));
    same(1, emulator('GET', 'executions')['CreateOrder'], 'the number of orders made');
    return "order $order";
});

judge('GetOrders', function () use ($buyer, $stranger, &$order) {
    $orders = call($buyer, 'GetOrders')->OrderDto;
    $mine = array_values(array_filter($orders, fn ($o) => $o->Id === $order));
    same(1, count($mine), 'the new order in the list');
    same('Резервирование', $mine[0]->Status, 'its status');
    same(2, $mine[0]->LineCount, 'its LineCount');
    same(null, $mine[0]->InvoiceId, 'its invoice');
    $statuses = array_unique(array_column($orders, 'Status'));
    same(5, count($statuses), 'the number of statuses in the history');
    $shipped = array_values(array_filter($orders, fn ($o) => $o->Status === 'Отгружен'))[0];
    holds(str_starts_with($shipped->UtdUrl, 'http://') && $shipped->InvoiceId !== null, 'documents of a shipped order');
    holds((new DateTimeImmutable($shipped->InvoiceDate)) > (new DateTimeImmutable($shipped->CreationDate, new DateTimeZone('Europe/Moscow'))), 'shipped after it was made');
    holds(!in_array($order, array_column(call($stranger, 'GetOrders')->OrderDto, 'Id'), true), 'not in another dealer\'s list');
    return count($orders) . ' orders in ' . count($statuses) . ' statuses';
});

judge('GetOrderStatus', function () use ($buyer, $stranger, $manager, &$order) {
    $status = call($manager, 'GetOrderStatus', ['orderId' => $order]);
    same($buyer['currency'], $status->Currency, 'Currency');
    decimal($status->Sum, 'Sum');
    refused('BUSINESS_LOGIC_ERROR', fn () => call($stranger, 'GetOrderStatus', ['orderId' => $order]));
    refused('BUSINESS_LOGIC_ERROR', fn () => call($buyer, 'GetOrderStatus', ['orderId' => '00000000']));
    return "{$status->Status}, {$status->Sum} {$status->Currency}";
});

judge('GetOrderWithLines', function () use ($buyer, &$items, &$order) {
    $full = call($buyer, 'GetOrderWithLines', ['orderId' => $order]);
    $lines = $full->Lines->OrderLineDto;
    same(2, count($lines), 'the number of lines');
    same($items['A21101']->Name, $lines[0]->Name, 'Name');
    same($items['A21101']->AvailableQuantity, $lines[0]->ReservedQuantity, 'what was reserved');
    same((string) ((int) $items['A21101']->AvailableQuantity + 2), $lines[0]->Quantity, 'what was ordered');
    same('1', $lines[1]->ReservedQuantity, 'what was reserved of the second line');
    return "{$lines[0]->ReservedQuantity} of {$lines[0]->Quantity} reserved";
});

judge('AddItem', function () use ($buyer, $manager, &$order) {
    $lines = ['OrderLineCreationDto' => [['ItemId' => '2C918150', 'Quantity' => 3]]];
    $status = call($manager, 'AddItem', ['orderId' => $order, 'lines' => $lines]);
    same('3', $status->OrderedQuantity, 'OrderedQuantity');
    same('0', $status->LinesDeleted, 'LinesDeleted');
    refused('NON_AUTHORIZED', fn () => call($buyer, 'AddItem', ['orderId' => $order, 'lines' => $lines]));
    same('4', call($buyer, 'GetOrderWithLines', ['orderId' => $order])->Lines->OrderLineDto[1]->Quantity, 'the quantity after it');
    return "{$status->ReservedQuantity} of {$status->OrderedQuantity} reserved";
});

judge('RemoveItem', function () use ($buyer, $manager, &$order) {
    same(null, call($manager, 'RemoveItem', ['orderId' => $order, 'itemId' => '2C918150', 'count' => '1']), 'the result');
    same('3', call($buyer, 'GetOrderWithLines', ['orderId' => $order])->Lines->OrderLineDto[1]->Quantity, 'the quantity after it');
    call($manager, 'RemoveItem', ['orderId' => $order, 'itemId' => '2C918150', 'count' => '0']);
    same(1, count(call($buyer, 'GetOrderWithLines', ['orderId' => $order])->Lines->OrderLineDto), 'the lines after removing all');
    refused('NON_AUTHORIZED', fn () => call($buyer, 'RemoveItem', ['orderId' => $order, 'itemId' => 'A21101', 'count' => '0']));
    return 'one piece, then all';
});

judge('SetOrderNote', function () use ($buyer, $manager, &$order) {
    $note = 'Отгрузить до обеда: «Ёлка» & <срочно>';
    $result = call($manager, 'SetOrderNote', ['orderId' => $order, 'note' => $note]);
    same(true, $result->NoteUpdated, 'NoteUpdated');
    same(null, $result->Error, 'Error');
    same($note, call($buyer, 'GetOrderStatus', ['orderId' => $order])->Note, 'the note');
    $long = call($manager, 'SetOrderNote', ['orderId' => $order, 'note' => str_repeat('ё', 1001)]);
    same(false, $long->NoteUpdated, 'NoteUpdated of a note that is too long');
    holds(is_string($long->Error) && $long->Error !== '', 'its Error');
    refused('NON_AUTHORIZED', fn () => call($buyer, 'SetOrderNote', ['orderId' => $order, 'note' => 'x']));
    return $note;
});

judge('GetGoodsCompatibilityInformation', function () use ($buyer, $manager) {
    $rows = call($manager, 'GetGoodsCompatibilityInformation')->CompatibilityDto;
    $found = array_filter($rows, fn ($r) => $r->ItemId === '209082016' && $r->ModelBrand === 'HP' && $r->ModelName === 'LaserJet Pro M125');
    same(1, count($found), 'rows of CF283A for LaserJet Pro M125');
    same('МФУ лазерное', reset($found)->ModelCategoryName, 'ModelCategoryName');
    refused('NON_AUTHORIZED', fn () => call($buyer, 'GetGoodsCompatibilityInformation'));
    return count($rows) . ' rows';
});

judge('GetUsdRubRate', function () use ($buyer, &$items) {
    $rate = call($buyer, 'GetUsdRubRate');
    $known = $items['209082016'];
    same(roubles($known->Price, decimal($rate->Rate, 'Rate')), $known->PriceLocal, 'PriceLocal');
    holds((new DateTimeImmutable($rate->Date)) <= new DateTimeImmutable('+1 day'), 'the date');
    refused('ACCESS_DENIED', fn () => call(['password' => 'wrong'] + $buyer, 'GetUsdRubRate'));
    emulator('POST', 'rules', ['operation' => 'GetUsdRubRate', 'count' => 1, 'effect' => 'refuse', 'code' => 'TECHNICAL_ERROR']);
    refused('TECHNICAL_ERROR', fn () => call($buyer, 'GetUsdRubRate'));
    emulator('DELETE', 'rules');
    return "{$rate->Rate} on {$rate->Date}";
});

exit($failures === 0 ? 0 : 1);

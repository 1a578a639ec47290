<?php
// Places an order through the Portal service and reads it back.
//
//   PORTAL_URL=http://127.0.0.1:8048/Portal.svc php order.php buyer apricot A21101 2
declare(strict_types=1);

[, $login, $password, $itemId, $quantity] = $argv + [1 => 'buyer', 'apricot', 'A21101', '2'];
$url = getenv('PORTAL_URL') ?: 'http://127.0.0.1:8048/Portal.svc';
$who = ['login' => $login, 'password' => $password];

try {
    // SOAP_SINGLE_ELEMENT_ARRAYS: otherwise a list of one is not a list.
    $portal = new SoapClient("$url?singleWsdl", ['features' => SOAP_SINGLE_ELEMENT_ARRAYS]);
    $categories = $portal->GetCategories($who)->GetCategoriesResult->CategoryDto;
    printf("signed in as %s: %d categories\n", $login, count($categories));

    $item = $portal->GetItem($who + ['itemId' => $itemId])->GetItemResult;
    printf("item %s: %s, price %s, %s in stock\n", $item->Id, $item->Name, $item->Price, $item->AvailableQuantity);

    // Sent at most once: when this call fails without a fault, look into GetOrders before sending it again.
    $lines = ['OrderLineCreationDto' => [['ItemId' => $itemId, 'Quantity' => (int) $quantity]]];
    $orderId = $portal->CreateOrder($who + ['lines' => $lines])->CreateOrderResult;
    printf("order %s placed\n", $orderId);

    $order = $portal->GetOrderWithLines($who + ['orderId' => $orderId])->GetOrderWithLinesResult;
    printf("order %s: %s, %s %s\n", $order->Id, $order->Status, $order->Sum, $order->Currency);
    foreach ($order->Lines->OrderLineDto as $line) {
        printf("line %s: %s ordered, %s reserved, %s each\n", $line->ItemId, $line->Quantity, $line->ReservedQuantity, $line->UnitPrice);
    }
} catch (SoapFault $fault) {
    // The service's own codes may come with a prefix: s:ACCESS_DENIED. HTTP means that no answer came.
    fwrite(STDERR, preg_replace('~^.*:~', '', $fault->faultcode) . ": {$fault->faultstring}\n");
    exit(1);
}

<?php
/**
 * A shop on `paylink serve`, whole but for its pages.
 *
 *     php shop.php order 1000 250000 IRT     # creates order 1000 of 250,000 toman and prints the link for its payer
 *     php -S 127.0.0.1:8090 shop.php         # takes the service's events, and delivers what is paid
 *
 * Set PAYLINK_URL and PAYLINK_KEY for the first, PAYLINK_EVENT_SECRET and DELIVERED (a file) for the second.
 */

declare(strict_types=1);

require __DIR__ . '/Paylink.php';

/** Stands for one transaction of the shop's database: a row whose key is the order's name, and the work itself. */
function deliver_once(string $order): void
{
    $table = fopen((string) getenv('DELIVERED'), 'c+');
    if (!$table || !flock($table, LOCK_EX)) { // the same event may come twice at once
        throw new RuntimeException('the table of delivered orders cannot be opened');
    }
    if (!in_array($order, explode("\n", stream_get_contents($table)), true) && !fwrite($table, "$order\n")) {
        throw new RuntimeException('the table of delivered orders cannot be written');
    }
    fclose($table);
}

if (PHP_SAPI === 'cli') {
    $fail = static function (string $why): void {
        fwrite(STDERR, "$why\n");
        exit(1);
    };
    if ($argc !== 5 || $argv[1] !== 'order') {
        $fail('usage: php shop.php order NAME AMOUNT CURRENCY');
    }
    try {
        $client = new Paylink\Client((string) getenv('PAYLINK_URL'), (string) getenv('PAYLINK_KEY'));
        $order = $client->createOrder(['order' => $argv[2], 'amount' => $argv[3], 'currency' => $argv[4]]);
    } catch (Paylink\Problem $problem) {
        $fail("{$problem->kind}: {$problem->getMessage()}");
    }
    echo $order['payment']['link'] ?? $fail("no link; the order is {$order['stage']}"), "\n";
    exit;
}

try {
    $body = (string) file_get_contents('php://input');
    $event = Paylink\Events::verify($body, $_SERVER, [(string) getenv('PAYLINK_EVENT_SECRET')]);
    if ($event['type'] === 'order.paid') {
        deliver_once($event['data']['order']['order']);
    }
} catch (Paylink\InvalidEvent $invalid) {
    http_response_code(400);
} catch (Throwable $failure) { // not delivered: any answer but a 2xx brings the event again
    error_log($failure->getMessage());
    http_response_code(500);
}

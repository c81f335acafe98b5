<?php
/**
 * Tests of the WooCommerce plugin: `php tests.php` prints a line for each case, and ends with 0 if all are well.
 *
 * The few functions and classes of WordPress and WooCommerce that it uses are played here; the service is a stub.
 */

declare(strict_types=1);

require __DIR__ . '/../clients/php/tests.php';

// What WordPress has.

const ABSPATH = __DIR__;
const DB_NAME = 'shop';

$hooks = [];
$locale = 'en_US';
$shop_currency = 'IRT';
$settings = [];
$orders = [];
$notices = [];

function add_action(string $hook, callable $function): void
{
    $GLOBALS['hooks'][$hook][] = $function;
}

function add_filter(string $hook, callable $function): void
{
    add_action($hook, $function);
}

function happen(string $hook, ...$arguments)
{
    $result = null;
    foreach ($GLOBALS['hooks'][$hook] ?? [] as $function) {
        $result = $function(...$arguments);
    }
    return $result;
}

function load_plugin_textdomain(string $domain, bool $deprecated, string $folder): void
{
    same('paylink-gateway', basename(dirname($folder)));
}

function determine_locale(): string
{
    return $GLOBALS['locale'];
}

function __(string $text, string $domain): string
{
    same('paylink-gateway', $domain);
    $persian = (require __DIR__ . '/paylink-gateway/languages/paylink-gateway-fa_IR.l10n.php')['messages'];
    return $GLOBALS['locale'] === 'fa_IR' ? $persian[$text] : $text;
}

function esc_html(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES);
}

function esc_html__(string $text, string $domain): string
{
    return esc_html(__($text, $domain));
}

function esc_url(string $url): string
{
    return esc_html($url);
}

function get_option(string $name)
{
    return $name === 'woocommerce_paylink_settings' ? $GLOBALS['settings'] : false;
}

/** The database; $taken says that another session holds the lock. */
$wpdb = new class {
    public string $prefix = 'wp_';
    public array $held = [];
    public bool $taken = false;

    public function prepare(string $query, string $value): array
    {
        return [$query, $value];
    }

    public function get_var(array $query): string
    {
        same('SELECT GET_LOCK(%s, 5)', $query[0]);
        same(true, strlen($query[1]) <= 64);
        if ($this->taken) {
            return '0';
        }
        $this->held[] = $query[1];
        return '1';
    }

    public function query(array $query): void
    {
        same(['SELECT RELEASE_LOCK(%s)', array_pop($this->held)], $query);
    }
};

// What WooCommerce has.

function WC(): object
{
    return new class {
        public function api_request_url(string $name): string
        {
            return "https://shop.example/wc-api/$name/";
        }
    };
}

function get_woocommerce_currency(): string
{
    return $GLOBALS['shop_currency'];
}

function wc_get_order($id)
{
    return $GLOBALS['orders'][$id] ?? false;
}

function wc_add_notice(string $text, string $type): void
{
    $GLOBALS['notices'][] = "$type: $text";
}

function wc_get_logger(): object
{
    return new class {
        public function error(string $text, array $context): void
        {
            $GLOBALS['notices'][] = "log: $text";
        }
    };
}

abstract class WC_Payment_Gateway
{
    public $id;
    public $has_fields;
    public $method_title;
    public $method_description;
    public $title;
    public $description;
    public $enabled;
    public $form_fields = [];

    public function init_settings()
    {
        $this->enabled = $this->get_option('enabled');
    }

    public function get_option($key)
    {
        return $GLOBALS['settings'][$key] ?? $this->form_fields[$key]['default'];
    }

    public function process_admin_options()
    {
    }

    public function is_available()
    {
        return $this->enabled === 'yes';
    }

    public function get_return_url($order = null)
    {
        return "https://shop.example/checkout/order-received/{$order->get_id()}/?key=wc_order_x";
    }
}

class WC_Order
{
    public array $notes = [];
    public int $completions = 0;
    public string $status = 'pending';
    private int $id;
    private $total;
    private string $currency;
    private string $transaction = '';
    private array $meta = [];

    public function __construct(int $id, $total, string $currency = 'IRT')
    {
        $this->id = $id;
        $this->total = $total;
        $this->currency = $currency;
        $GLOBALS['orders'][$id] = $this;
    }

    public function get_id(): int
    {
        return $this->id;
    }

    public function get_total()
    {
        return $this->total;
    }

    public function set_total($total): void
    {
        $this->total = $total;
    }

    public function get_currency(): string
    {
        return $this->currency;
    }

    public function get_billing_phone(): string
    {
        return '09123456789';
    }

    public function get_transaction_id(): string
    {
        return $this->transaction;
    }

    public function has_status($status): bool
    {
        return in_array($this->status, (array) $status, true);
    }

    public function set_status(string $status): void
    {
        $this->status = $status;
    }

    public function needs_payment(): bool
    {
        return $this->has_status(['pending', 'failed']);
    }

    public function get_checkout_payment_url(): string
    {
        return "https://shop.example/checkout/order-pay/{$this->id}/";
    }

    public function payment_complete(string $transaction): bool
    {
        same(1, count($GLOBALS['wpdb']->held)); // never outside the lock
        $this->completions += 1;
        $this->transaction = $transaction;
        $this->status = 'processing';
        return true;
    }

    public function add_order_note(string $note): void
    {
        $this->notes[] = $note;
    }

    public function get_meta(string $key)
    {
        return $this->meta[$key] ?? '';
    }

    public function update_meta_data(string $key, array $value): void
    {
        $this->meta[$key] = $value;
    }

    public function save(): void
    {
    }
}

require __DIR__ . '/paylink-gateway/paylink-gateway.php';
happen('init');
happen('before_woocommerce_init');
happen('plugins_loaded');

$stub = new Stub();
$settings = ['enabled' => 'yes', 'url' => $stub->url, 'key' => KEY, 'event_secret' => SECRET];

/** The order as the service tells it. */
function placed(array $with = []): array
{
    return $with + [
        'order' => '1000', 'account' => 'zipay', 'provider' => 'zipay', 'reference' => '1000', 'amount' => '250000',
        'currency' => 'IRT', 'stage' => 'open', 'paid' => null, 'acknowledged_at' => null, 'refund' => null,
        'payment' => ['link' => 'https://pay.example/1', 'transfer' => null, 'expires_at' => null],
    ];
}

function paid(array $with = []): array
{
    return placed($with + ['stage' => 'awaiting_delivery', 'paid' => [
        'amount' => '2500000', 'currency' => 'IRR', 'account' => 'zipay', 'provider' => 'zipay', 'reference' => '1000',
        'provider_reference' => '8812', 'receipt' => '140509091234', 'at' => '2026-11-30T16:45:00.000Z',
    ]]);
}

/** The status with which the plugin answers an event. */
function event(string $type, array $order, array $data = [], string $secret = SECRET): int
{
    $body = json_encode(['type' => $type, 'timestamp' => '2026-11-30T16:45:00.000Z', 'data' => ['order' => $order] + $data]);
    $status = (new WC_Gateway_Paylink())->take($body, signed($body, [$secret]));
    same([], $GLOBALS['wpdb']->held);
    return $status;
}

/** The page to which the payer comes back. */
function page(int $id): string
{
    ob_start();
    happen('woocommerce_thankyou_paylink', $id);
    return ob_get_clean();
}

function pay(int $id): array
{
    $GLOBALS['notices'] = [];
    return (new WC_Gateway_Paylink())->process_payment($id);
}

test('it registers itself', function () {
    same([WC_Gateway_Paylink::class], happen('woocommerce_payment_gateways', []));
    same(1, count($GLOBALS['hooks']['woocommerce_api_paylink']));
});

test('a payment is created, paid and taken', function () use ($stub) {
    $order = new WC_Order(1000, '250000.00');
    $stub->answers(http(201, placed()), http(200, paid()));
    same(['result' => 'success', 'redirect' => 'https://pay.example/1'], pay(1000));
    same([
        'order' => '1000', 'amount' => '250000', 'currency' => 'IRT',
        'return_to' => 'https://shop.example/checkout/order-received/1000/?key=wc_order_x',
    ], json_decode(explode("\r\n\r\n", $stub->requests()[0])[1], true));
    same(204, event('order.paid', paid()));
    same([1, 'processing', '8812'], [$order->completions, $order->status, $order->get_transaction_id()]);
    same(['Paylink: paid 2,500,000 rial to the account zipay, payment 8812, receipt 140509091234.'], $order->notes);
    same('<p>Your payment is confirmed.</p>', page(1000));
});

test('an event that comes twice completes once', function () {
    $order = new WC_Order(1000, '250000.00');
    same([204, 204], [event('order.paid', paid()), event('order.paid', paid())]);
    same([1, 1], [$order->completions, count($order->notes)]);
    $order->status = 'cancelled'; // by the shop, after it was paid
    same([204, 1, 'cancelled'], [event('order.paid', paid()), $order->completions, $order->status]);
});

test('an event beside another one waits', function () {
    $order = new WC_Order(1000, '250000.00');
    $GLOBALS['wpdb']->taken = true;
    same([503, 0], [event('order.paid', paid()), $order->completions]);
    $GLOBALS['wpdb']->taken = false;
    same([204, 1], [event('order.paid', paid()), $order->completions]);
});

test('another amount or currency is not taken, and put on hold', function () {
    foreach ([['250001', 'IRT'], ['250000', 'IRR'], ['2500000', 'IRR'], ['250000.5', 'IRT']] as [$total, $currency]) {
        $order = new WC_Order(1000, $total, $currency);
        same([409, 409], [event('order.paid', paid()), event('order.paid', paid())]);
        same([0, 'on-hold', 1], [$order->completions, $order->status, count($order->notes)]);
    }
    same(true, strpos($order->notes[0], 'of 250,000 toman, and this order is now of 250,000 toman and 5 rial.') !== false);
    $order->set_total('250000'); // the shop corrects it, and the event comes again
    same([204, 1, 'processing'], [event('order.paid', paid()), $order->completions, $order->status]);
});

test('a second payment is left to be refunded', function () {
    $order = new WC_Order(1000, '250000');
    $order->status = 'processing'; // by another gateway
    same([409, 409], [event('order.paid', paid()), event('order.paid', paid())]);
    same([0, 'processing', 1], [$order->completions, $order->status, count($order->notes)]);
});

test('a forged event is refused', function () {
    $order = new WC_Order(1000, '250000');
    same(400, event('order.paid', paid(), [], OTHER_SECRET));
    $body = json_encode(['type' => 'order.paid', 'data' => ['order' => paid()]]);
    same(400, (new WC_Gateway_Paylink())->take($body, []));
    same(400, (new WC_Gateway_Paylink())->take("$body ", signed($body, [SECRET])));
    same([0, 'pending', []], [$order->completions, $order->status, $order->notes]);
});

test('the signing key can change, and has to be set', function () {
    $order = new WC_Order(1000, '250000');
    $GLOBALS['settings']['event_secret'] = '';
    same([500, 0], [event('order.paid', paid()), $order->completions]);
    $GLOBALS['settings']['event_secret'] = OTHER_SECRET . "\n " . SECRET;
    same([204, 1], [event('order.paid', paid()), $order->completions]);
    $GLOBALS['settings']['event_secret'] = SECRET;
});

test('an event of an order that is not here is not acknowledged', function () {
    foreach (['1001', '01000', 'x', '1000 ', '99999999999999999999', ''] as $name) {
        same(404, event('order.paid', paid(['order' => $name])));
    }
    same(422, event('order.paid', placed()));
});

test('an alarm puts the order on hold, with one note', function () {
    foreach (['order.mismatch', 'order.lost'] as $type) {
        $order = new WC_Order(1000, '250000');
        $alarm = ['alarm' => ['id' => '7', 'texts' => ['english' => 'Look here.', 'persian' => 'بررسی کنید.'], 'detail' => 'x']];
        same([204, 204], [event($type, placed(), $alarm), event($type, placed(), $alarm)]);
        same(['on-hold', ['Paylink needs you to look at this payment: Look here.']], [$order->status, $order->notes]);
        same('Please do not pay again. The shop is checking this payment.', strip_tags(page(1000)));
        same([204, 'processing'], [event('order.paid', paid()), $order->status]); // it was cleared up
        same([204, 'processing'], [event($type, placed(), ['alarm' => ['id' => '8'] + $alarm['alarm']]), $order->status]);
    }
});

test('a refund is noted, once; a later kind of event is let through', function () {
    $order = new WC_Order(1000, '250000');
    $refunded = paid(['refund' => ['state' => 'done', 'at' => '2026-12-01T08:00:00.000Z']]);
    same([204, 204, 204], [event('order.refunded', $refunded), event('order.refunded', $refunded), event('order.new', placed())]);
    same(['Paylink: the money was refunded to the payer.'], $order->notes);
});

test('amounts are exact, or refused', function () {
    $cases = [
        ['250000.00', 'IRT', '250000'], ['1234.5', 'IRT', '1234.5'], ['1234.50', 'IRT', '1234.5'], ['1234.55', 'IRT', null],
        ['2500000', 'IRR', '2500000'], ['2500000.5', 'IRR', null], [2500000, 'IRR', '2500000'], [9007199254740991.0, 'IRR', '9007199254740991'],
        ['19.99', 'USD', '19.99'], [19.99, 'USD', '19.99'], ['19.999', 'USD', null], [0.1 + 0.2, 'USD', '0.3'], [1234.5, 'IRT', '1234.5'],
        ['999999999999999999999', 'IRR', '999999999999999999999'], ['00100', 'IRR', '100'],
        ['0', 'IRR', null], ['0.00', 'USD', null], ['-5', 'IRR', null], ['1e3', 'IRR', null], ['', 'IRR', null], ['1,000', 'IRR', null],
        [NAN, 'USD', null], [INF, 'USD', null], ['100', 'EUR', null], ['100', 'IRHT', null],
    ];
    foreach ($cases as [$total, $currency, $amount]) {
        $case = var_export($total, true) . " $currency: ";
        same($case . var_export($amount, true), $case . var_export(WC_Gateway_Paylink::amount($total, $currency), true));
    }
});

test('another currency is refused, and the shop is told', function () use ($stub) {
    same(true, (new WC_Gateway_Paylink())->is_available());
    $GLOBALS['shop_currency'] = 'EUR';
    same(false, (new WC_Gateway_Paylink())->is_available());
    ob_start();
    happen('admin_notices');
    same(true, strpos(ob_get_clean(), 'sells in EUR.') !== false);
    $GLOBALS['shop_currency'] = 'IRR';
    ob_start();
    happen('admin_notices');
    same(['', true], [ob_get_clean(), (new WC_Gateway_Paylink())->is_available()]);

    $stub->answers();
    $order = new WC_Order(1001, '10.00', 'EUR');
    same([['result' => 'failure'], 1, []], [pay(1001), count($GLOBALS['notices']), $stub->requests()]);
    same(['Paylink: 10.00 EUR'], $order->notes);
});

test('a conflict takes no payment', function () use ($stub) {
    $order = new WC_Order(1000, '250001');
    $stub->answers(http(409, ['kind' => 'conflict', 'detail' => 'Another order has this name.', 'differs' => ['amount']]));
    same(['result' => 'failure'], pay(1000));
    same(['error: This order was changed after its payment was created. Please contact the shop.'], $GLOBALS['notices']);
    same(['Paylink: conflict: Another order has this name. amount'], $order->notes);
});

test('a payment that is over is started again', function () use ($stub) {
    new WC_Order(1000, '250000');
    $again = ['payment' => ['link' => 'https://pay.example/2', 'transfer' => null, 'expires_at' => null]];
    $stub->answers(http(200, placed(['stage' => 'over'])), http(200, placed($again)));
    same('https://pay.example/2', pay(1000)['redirect']);
    same(1, preg_match('~^POST /v1/orders/1000/start-over .*\r\n\r\n\{"reference":"1000\d{10}"\}$~s', $stub->requests()[1]));
    $stub->answers(http(200, placed(['stage' => 'over'])));
    same(
        ['This payment is closed. You can pay the order again.Pay', true],
        [strip_tags($page = page(1000)), strpos($page, 'https://shop.example/checkout/order-pay/1000/') !== false]
    );
});

test('who has paid is not sent to pay', function () use ($stub) {
    new WC_Order(1000, '250000');
    $stub->answers(http(200, paid()));
    same('https://shop.example/checkout/order-received/1000/?key=wc_order_x', pay(1000)['redirect']);
});

test('what is not known yet is said so', function () use ($stub) {
    $order = new WC_Order(1000, '250000');
    $stub->answers(http(202, placed(['stage' => 'creating', 'payment' => null]), "Retry-After: 60\r\n"));
    same(['result' => 'failure'], pay(1000));
    $stub->answers('');
    same('Please do not pay again. The result', substr(strip_tags(page(1000)), 0, 35));
    $stub->answers(http(200, placed()));
    same(1, preg_match('~^<p>If money .*<a class="button" href="https://pay.example/1">Pay</a></p>$~s', page(1000)));
    same('pending', $order->status); // the page changes nothing
});

test('a mobile number goes along if it is asked for, and is asked for again', function () use ($stub) {
    $GLOBALS['settings']['mobile'] = 'yes';
    $GLOBALS['settings']['account'] = 'sizpay';
    new WC_Order(1000, '250000');
    $fields = [['field' => 'mobile', 'problem' => 'x', 'remedy' => 'y']];
    $stub->answers(http(422, ['kind' => 'invalid', 'detail' => 'x', 'fields' => $fields]));
    same(['result' => 'failure'], pay(1000));
    same(['error: Please enter your mobile number like 09123456789.'], $GLOBALS['notices']);
    same(1, preg_match('/"account":"sizpay","mobile":"09123456789"/', $stub->requests()[0]));
    $GLOBALS['settings']['mobile'] = 'no';
    $GLOBALS['settings']['account'] = '';
});

test('a transfer is shown, in Persian too', function () use ($stub) {
    new WC_Order(1000, '250000');
    $cards = [['number' => '6037997000000006', 'holder' => 'A <b>', 'bank' => null]];
    $transfer = ['payment' => [
        'link' => null,
        'transfer' => ['amount' => '2500040', 'currency' => 'IRR', 'cards' => $cards],
        'expires_at' => gmdate('Y-m-d\TH:i:s.000\Z', time() + 630),
    ]];
    $stub->answers(http(201, placed($transfer)), http(200, placed($transfer)));
    same('https://shop.example/checkout/order-received/1000/?key=wc_order_x', pay(1000)['redirect']);
    $GLOBALS['locale'] = 'fa_IR';
    $page = page(1000);
    $GLOBALS['locale'] = 'en_US';
    $card = '<bdi dir="ltr">6037997000000006</bdi> <span dir="auto">A &lt;b&gt;</span>';
    foreach (['دقیقاً ۲٬۵۰۰٬۰۴۰ ریال را', $card, '۱۰ دقیقه'] as $part) {
        same(true, strpos($page, $part) !== false);
    }
});

test('the service being misconfigured is told to the shop alone', function () {
    $order = new WC_Order(1000, '250000');
    $url = $GLOBALS['settings']['url'];
    $GLOBALS['settings']['url'] = 'http://pay.shop.example';
    same(['result' => 'failure'], pay(1000));
    same(['Paylink: the service is reached by https, or by http on loopback'], $order->notes);
    same('Please do not pay again.', substr(strip_tags(page(1000)), 0, 24));
    $GLOBALS['settings']['url'] = $url;
});

test('every text has its Persian', function () {
    $sources = implode('', array_map('file_get_contents', glob(__DIR__ . '/paylink-gateway/*.php')));
    preg_match_all("/__\('([^']+)', 'paylink-gateway'\)/", $sources, $texts);
    $persian = (require __DIR__ . '/paylink-gateway/languages/paylink-gateway-fa_IR.l10n.php')['messages'];
    $texts = array_unique($texts[1]);
    sort($texts);
    ksort($persian);
    same($texts, array_keys($persian));
    foreach ($persian as $english => $translated) {
        same(preg_match_all('/%(\d\$)?s/', $english), preg_match_all('/%(\d\$)?s/', $translated));
    }
});

$stub = null; // ends it
exit(isset($failures) ? 1 : 0);

<?php

declare(strict_types=1);

defined('ABSPATH') || exit;

use Paylink\Client;
use Paylink\Events;
use Paylink\InvalidEvent;
use Paylink\Problem;

/** The gateway. Only an event of the service makes an order paid; the page to which a payer comes back just shows. */
final class WC_Gateway_Paylink extends WC_Payment_Gateway
{
    /** The currencies of the service in which a shop can sell, with their decimal places: a toman has ten rial. */
    private const DECIMALS = ['IRR' => 0, 'IRT' => 1, 'USD' => 2];

    /** What an order may be for its payment to be taken; WooCommerce's own list for payment_complete(). */
    private const UNPAID = ['pending', 'failed', 'cancelled', 'on-hold'];

    public function __construct()
    {
        $this->id = 'paylink';
        $this->has_fields = false;
        $this->method_title = __('Payment links (Paylink)', 'paylink-gateway');
        $this->method_description = __('Takes payments through your own Paylink service.', 'paylink-gateway');
        $this->init_form_fields();
        $this->init_settings();
        $this->title = $this->get_option('title');
        $this->description = $this->get_option('description');
        add_action('woocommerce_update_options_payment_gateways_paylink', [$this, 'process_admin_options']);
    }

    public function init_form_fields()
    {
        $this->form_fields = [
            'enabled' => [
                'title' => __('Enabled', 'paylink-gateway'),
                'type' => 'checkbox',
                'label' => __('Offer this way of paying', 'paylink-gateway'),
                'default' => 'no',
            ],
            'title' => [
                'title' => __('Title', 'paylink-gateway'),
                'type' => 'text',
                'description' => __('What the payer reads at the checkout.', 'paylink-gateway'),
                'default' => __('Online payment', 'paylink-gateway'),
            ],
            'description' => [
                'title' => __('Description', 'paylink-gateway'),
                'type' => 'textarea',
                'default' => '',
            ],
            'url' => [
                'title' => __('Address of the service', 'paylink-gateway'),
                'type' => 'text',
                'description' => __('https, or http on this machine.', 'paylink-gateway'),
                'default' => 'http://127.0.0.1:8700',
            ],
            'key' => [
                'title' => __('API key', 'paylink-gateway'),
                'type' => 'password',
                'description' => __('With the rights read and take-payments, and no other.', 'paylink-gateway'),
                'default' => '',
            ],
            'account' => [
                'title' => __('Account', 'paylink-gateway'),
                'type' => 'text',
                'description' => __('Its name in the service; empty if there is one only.', 'paylink-gateway'),
                'default' => '',
            ],
            'event_secret' => [
                'title' => __('Signing key of events', 'paylink-gateway'),
                'type' => 'password',
                'description' => sprintf(
                    /* translators: %s: an address */
                    __('whsec_…; two of them, with a blank between, while you change it. The service sends its events to %s', 'paylink-gateway'),
                    WC()->api_request_url('paylink')
                ),
                'default' => '',
            ],
            'mobile' => [
                'title' => __('Mobile number', 'paylink-gateway'),
                'type' => 'checkbox',
                'label' => __('Pass on the payer’s mobile number (SizPay needs it, ZiPay refuses it)', 'paylink-gateway'),
                'default' => 'no',
            ],
        ];
    }

    public function is_available()
    {
        return parent::is_available() && isset(self::DECIMALS[get_woocommerce_currency()]);
    }

    /** Tells the shop why the gateway does not show. */
    public static function notice(): void
    {
        $settings = get_option('woocommerce_paylink_settings');
        $currency = get_woocommerce_currency();
        if (($settings['enabled'] ?? 'no') === 'yes' && !isset(self::DECIMALS[$currency])) {
            /* translators: %s: the code of a currency */
            $text = __('Paylink takes payments in IRR, IRT and USD. It is not offered, because this shop sells in %s.', 'paylink-gateway');
            printf('<div class="notice notice-error"><p>%s</p></div>', esc_html(sprintf($text, $currency)));
        }
    }

    /**
     * The total as exact text, or null if the currency is not ours, or cannot express it. Nothing is rounded.
     *
     * @param string|int|float $total what get_total() returns: text, or a number where a filter made it one
     */
    public static function amount($total, string $currency): ?string
    {
        // Six decimals are what WooCommerce calculates with; beyond them stands only what a float adds.
        $text = is_float($total) ? number_format($total, 6, '.', '') : (string) $total;
        if (!isset(self::DECIMALS[$currency]) || !preg_match('/^0*(\d+?)(?:\.(\d*?)0*)?$/D', $text, $part)) {
            return null;
        }
        $fraction = $part[2] ?? '';
        $amount = $part[1] . ($fraction === '' ? '' : ".$fraction");
        return strlen($fraction) > self::DECIMALS[$currency] || $amount === '0' ? null : $amount;
    }

    public function process_payment($order_id)
    {
        $order = wc_get_order($order_id);
        $name = (string) $order->get_id();
        $currency = $order->get_currency();
        $amount = self::amount($order->get_total(), $currency);
        if ($amount === null) {
            $text = __('This amount cannot be paid here. Please contact the shop.', 'paylink-gateway');
            return $this->refuse($order, $text, "{$order->get_total()} $currency");
        }
        // The same order again has to be the same request: whatever may change between two attempts stays out.
        $request = ['order' => $name, 'amount' => $amount, 'currency' => $currency];
        $request += array_filter([
            'return_to' => $this->get_return_url($order),
            'account' => $this->get_option('account'),
            'mobile' => $this->get_option('mobile') === 'yes' ? $order->get_billing_phone() : '',
        ]);
        try {
            $client = $this->client(15.0);
            $placed = $client->createOrder($request);
            if ($placed['stage'] === 'over') {
                // Digits only, for SizPay. If the answer is lost, the next attempt finds the payment open.
                $placed = $client->startOver($name, $name . time());
            }
        } catch (Problem $problem) {
            $wrong = array_column($problem->fields, 'field');
            $text = $problem->kind === 'conflict'
                ? __('This order was changed after its payment was created. Please contact the shop.', 'paylink-gateway')
                : __('The payment could not be created. Please try again in a minute.', 'paylink-gateway');
            if (in_array('mobile', $wrong, true)) {
                $text = __('Please enter your mobile number like 09123456789.', 'paylink-gateway');
            }
            $about = implode(', ', array_merge($problem->differs, $wrong));
            return $this->refuse($order, $text, "{$problem->kind}: {$problem->getMessage()} $about");
        } catch (InvalidArgumentException $unset) {
            $text = __('The payment could not be created. Please contact the shop.', 'paylink-gateway');
            return $this->refuse($order, $text, $unset->getMessage());
        }
        if (in_array($placed['stage'], ['new', 'creating'], true)) {
            $text = __('The payment page is not ready yet. Please try again in a minute; nothing is taken twice.', 'paylink-gateway');
            return $this->refuse($order, $text, "the payment is {$placed['stage']}");
        }
        // Without a link there is a transfer to show, or an SMS is on its way, or it is paid: the page says which.
        $link = $placed['stage'] === 'open' ? $placed['payment']['link'] : null;
        return ['result' => 'success', 'redirect' => $link ?? $this->get_return_url($order)];
    }

    /** The endpoint of events, /wc-api/paylink/. */
    public function receive(): void
    {
        status_header($this->take((string) file_get_contents('php://input'), wp_unslash($_SERVER)));
        exit;
    }

    /** Takes an event, and returns the status of the answer. Anything but a 2xx brings the event again. */
    public function take(string $body, array $headers): int
    {
        global $wpdb;
        $secrets = preg_split('/\s+/', $this->get_option('event_secret'), -1, PREG_SPLIT_NO_EMPTY);
        try {
            $event = Events::verify($body, $headers, $secrets);
        } catch (InvalidEvent $invalid) {
            return 400;
        } catch (InvalidArgumentException $unset) {
            wc_get_logger()->error($unset->getMessage(), ['source' => 'paylink']);
            return 500;
        }
        $placed = $event['data']['order'] ?? [];
        $name = $placed['order'] ?? '';
        if ((string) (int) $name !== $name) {
            return 404; // no order of this shop
        }
        // Two events at once must not both find the order unpaid. The lock ends with the connection, at the latest.
        $lock = 'paylink_' . md5(DB_NAME . $wpdb->prefix . $name);
        if ((string) $wpdb->get_var($wpdb->prepare('SELECT GET_LOCK(%s, 5)', $lock)) !== '1') {
            return 503;
        }
        try {
            $order = wc_get_order((int) $name);
            return $order instanceof WC_Order ? $this->apply($event, $order, $placed) : 404;
        } finally {
            $wpdb->query($wpdb->prepare('SELECT RELEASE_LOCK(%s)', $lock));
        }
    }

    private function apply(array $event, WC_Order $order, array $placed): int
    {
        switch ($event['type']) {
            case 'order.paid':
                return $this->paid($order, $placed);
            case 'order.mismatch':
            case 'order.lost':
                $alarm = $event['data']['alarm'];
                $text = $alarm['texts'][self::persian() ? 'persian' : 'english'] ?? $alarm['detail'];
                /* translators: %s: what the service says */
                $note = sprintf(__('Paylink needs you to look at this payment: %s', 'paylink-gateway'), $text);
                $this->note($order, $event['type'] . $alarm['id'], $note, true);
                return 204;
            case 'order.refunded':
                $note = __('Paylink: the money was refunded to the payer.', 'paylink-gateway');
                $this->note($order, $event['type'] . $placed['refund']['at'], $note);
                return 204;
            default:
                return 204; // a later version's
        }
    }

    /** Completes the order, once. What is not completed is not acknowledged, and so stays due in the service. */
    private function paid(WC_Order $order, array $placed): int
    {
        $paid = $placed['paid'] ?? [];
        $payment = $paid['provider_reference'] ?? '';
        if ($payment === '') {
            return 422; // an order that says nothing of its payment is not paid
        }
        if ($order->get_transaction_id() === $payment) {
            return 204; // taken before; what became of the order since is the shop's business
        }
        $due = self::amount($order->get_total(), $order->get_currency());
        $taken = self::amount($placed['amount'], $placed['currency']);
        if ($due === null || $due !== $taken || $order->get_currency() !== $placed['currency']) {
            /* translators: 1: an amount, 2: an amount */
            $note = __('Paylink took a payment of %1$s, and this order is now of %2$s. Refund it, or correct the order: the event comes again.', 'paylink-gateway');
            $amount = self::money($placed['amount'], $placed['currency']);
            $total = self::money((string) $order->get_total(), $order->get_currency());
            $this->note($order, "amount$payment", sprintf($note, $amount, $total), true);
            return 409;
        }
        $money = self::money($paid['amount'], $paid['currency']);
        if (!$order->has_status(self::UNPAID)) {
            /* translators: 1: an amount, 2: the provider's number of the payment */
            $note = __('Paylink took a payment of %1$s (%2$s) for this order, which was paid or closed before. Refund it.', 'paylink-gateway');
            $this->note($order, "again$payment", sprintf($note, $money, $payment));
            return 409;
        }
        if (!$order->payment_complete($payment)) {
            return 500;
        }
        /* translators: 1: an amount, 2: an account, 3: the provider's number of the payment, 4: the bank's number */
        $note = __('Paylink: paid %1$s to the account %2$s, payment %3$s, receipt %4$s.', 'paylink-gateway');
        $order->add_order_note(sprintf($note, $money, $paid['account'], $payment, $paid['receipt'] ?? '–'));
        return 204;
    }

    /** Adds a note, once for each key, and puts an unpaid order on hold if asked to. */
    private function note(WC_Order $order, string $key, string $note, bool $hold = false): void
    {
        $noted = $order->get_meta('_paylink_noted') ?: [];
        if (in_array($key, $noted, true)) {
            return;
        }
        $order->add_order_note($note);
        $order->update_meta_data('_paylink_noted', array_merge($noted, [$key]));
        if ($hold && $order->has_status(self::UNPAID)) {
            $order->set_status('on-hold');
        }
        $order->save();
    }

    /** The page to which the payer comes back: what the service says now. */
    public function show(int $order_id): void
    {
        $order = wc_get_order($order_id);
        try {
            $placed = $this->client(5.0)->order((string) $order_id);
        } catch (Problem | InvalidArgumentException $unknown) {
            $placed = [];
        }
        $stage = $placed['stage'] ?? '';
        if ($order->has_status('on-hold')) {
            $text = __('Please do not pay again. The shop is checking this payment.', 'paylink-gateway');
        } elseif (isset($placed['refund'])) {
            $text = __('A refund of this payment was requested.', 'paylink-gateway');
        } elseif ($stage === 'awaiting_delivery' || $stage === 'delivered') {
            $text = __('Your payment is confirmed.', 'paylink-gateway');
        } elseif ($stage === 'over') {
            $text = __('This payment is closed. You can pay the order again.', 'paylink-gateway');
            $link = $order->needs_payment() ? $order->get_checkout_payment_url() : null;
        } elseif ($stage === 'open') {
            $text = __('If money has left your bank account, please do not pay again: this page shows the payment as soon as it is confirmed. It is not yet.', 'paylink-gateway');
            $link = $placed['payment']['link'];
            $transfer = $placed['payment']['transfer'];
            if ($link === null && $transfer === null) {
                $text .= ' ' . __('The payment link was sent to your mobile.', 'paylink-gateway');
            }
        } else {
            $text = __('Please do not pay again. The result of the payment is not known yet; refresh this page in a minute.', 'paylink-gateway');
        }
        printf('<p>%s</p>', esc_html($text));
        if (isset($link)) {
            printf('<p><a class="button" href="%s">%s</a></p>', esc_url($link), esc_html__('Pay', 'paylink-gateway'));
        } elseif (isset($transfer)) {
            $this->show_transfer($transfer, $placed['payment']['expires_at']);
        }
    }

    private function show_transfer(array $transfer, ?string $expires_at): void
    {
        /* translators: %s: an amount */
        $text = __('Transfer exactly %s, card to card, to one of these cards. Another amount is not recognised.', 'paylink-gateway');
        $amount = self::money($transfer['amount'], $transfer['currency']);
        printf('<p><strong>%s</strong></p><ul>', esc_html(sprintf($text, $amount)));
        foreach ($transfer['cards'] as $card) {
            $of = implode(' – ', array_filter([$card['holder'], $card['bank']]));
            printf('<li><bdi dir="ltr">%s</bdi> <span dir="auto">%s</span></li>', esc_html($card['number']), esc_html($of));
        }
        echo '</ul>';
        if ($expires_at !== null) {
            $minutes = (string) max(0, intdiv(strtotime($expires_at) - time(), 60));
            /* translators: %s: a number */
            $text = __('There are %s minutes left for it.', 'paylink-gateway');
            printf('<p>%s</p>', esc_html(sprintf($text, self::digits($minutes))));
        }
    }

    private function client(float $timeout): Client
    {
        return new Client($this->get_option('url'), $this->get_option('key'), $timeout, $timeout + 5);
    }

    /** Tells the payer, and the shop in a note. */
    private function refuse(WC_Order $order, string $text, string $detail): array
    {
        $order->add_order_note("Paylink: $detail");
        wc_add_notice($text, 'error');
        return ['result' => 'failure'];
    }

    private static function persian(): bool
    {
        return strpos(determine_locale(), 'fa') === 0;
    }

    private static function digits(string $number): string
    {
        $marks = ['۰', '۱', '۲', '۳', '۴', '۵', '۶', '۷', '۸', '۹', ',' => '٬', '.' => '٫'];
        return self::persian() ? strtr($number, $marks) : $number;
    }

    /** An amount for people. A tail of rial is said beside the toman: a point is overlooked. */
    private static function money(string $amount, string $currency): string
    {
        [$whole, $fraction] = explode('.', self::amount($amount, $currency) ?? $amount) + [1 => ''];
        $grouped = self::digits(preg_replace('/\B(?=(\d{3})+$)/', ',', $whole));
        if ($currency === 'IRR' && $fraction === '') {
            /* translators: %s: a number */
            return sprintf(__('%s rial', 'paylink-gateway'), $grouped);
        }
        if ($currency === 'IRT' && strlen($fraction) < 2) {
            return $fraction === ''
                /* translators: %s: a number */
                ? sprintf(__('%s toman', 'paylink-gateway'), $grouped)
                /* translators: 1: a number, 2: a number */
                : sprintf(__('%1$s toman and %2$s rial', 'paylink-gateway'), $grouped, self::digits($fraction));
        }
        return $grouped . ($fraction === '' ? '' : self::digits(".$fraction")) . " $currency";
    }
}

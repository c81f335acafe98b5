<?php
/**
 * Plugin Name: Paylink Gateway
 * Description: Takes WooCommerce payments through your own `paylink serve`.
 * Version: 0.1.0
 * Requires at least: 6.5
 * Requires PHP: 7.4
 * Requires Plugins: woocommerce
 * License: MIT OR Apache-2.0
 * Text Domain: paylink-gateway
 * Domain Path: /languages
 */

declare(strict_types=1);

defined('ABSPATH') || exit;

add_action('init', static function (): void {
    load_plugin_textdomain('paylink-gateway', false, basename(__DIR__) . '/languages');
});

add_action('before_woocommerce_init', static function (): void {
    $features = 'Automattic\WooCommerce\Utilities\FeaturesUtil';
    if (class_exists($features)) {
        $features::declare_compatibility('custom_order_tables', __FILE__, true);
        $features::declare_compatibility('cart_checkout_blocks', __FILE__, false);
    }
});

add_action('plugins_loaded', static function (): void {
    if (!class_exists('WC_Payment_Gateway')) {
        return;
    }
    // Beside this file where the plugin is installed; in the other place where it lies in the source tree.
    foreach ([__DIR__ . '/Paylink.php', __DIR__ . '/../../clients/php/Paylink.php'] as $client) {
        if (!class_exists('Paylink\Client') && is_readable($client)) {
            require_once $client;
        }
    }
    if (!class_exists('Paylink\Client')) {
        add_action('admin_notices', static function (): void {
            $text = __('The Paylink gateway is off: copy Paylink.php into its folder.', 'paylink-gateway');
            printf('<div class="notice notice-error"><p>%s</p></div>', esc_html($text));
        });
        return;
    }
    require_once __DIR__ . '/class-wc-gateway-paylink.php';
    add_filter('woocommerce_payment_gateways', static function (array $gateways): array {
        $gateways[] = WC_Gateway_Paylink::class;
        return $gateways;
    });
    add_action('admin_notices', [WC_Gateway_Paylink::class, 'notice']);
    add_action('woocommerce_api_paylink', static function (): void {
        (new WC_Gateway_Paylink())->receive();
    });
    add_action('woocommerce_thankyou_paylink', static function ($order_id): void {
        (new WC_Gateway_Paylink())->show((int) $order_id);
    });
});

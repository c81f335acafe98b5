<?php
/**
 * A client of `paylink serve` in one file, for PHP 7.4 and later. It uses the extension curl where it is loaded.
 *
 * Amounts are text with their unit beside them: "250000" in IRT is 250,000 toman, which is "2500000" in IRR (rial).
 */

declare(strict_types=1);

namespace Paylink;

/**
 * The calls of the service. Each returns the decoded answer, or throws Problem.
 *
 * A Problem whose effect is "not_executed" has changed nothing. After "unknown", ask order() what has become of it.
 */
final class Client
{
    private string $url;
    private string $key;
    private float $timeout;
    private float $patience;

    /**
     * @param string $url       the service's address, such as "https://pay.shop.example"
     * @param string $key       the shop's API key
     * @param float  $timeout   seconds for one request
     * @param float  $patience  seconds in which createOrder() repeats itself, the first request included
     * @param bool   $plainHttp allows http to other addresses than loopback: the key can be read on the way
     */
    public function __construct(
        string $url,
        #[\SensitiveParameter]
        string $key,
        float $timeout = 10.0,
        float $patience = 30.0,
        bool $plainHttp = false
    ) {
        $this->key = $key;
        $key = ''; // before PHP 8.2, an exception that nobody catches prints arguments
        if (!preg_match('~^(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d+)?(/[^\s?#]*)?$~Di', $url, $parts)) {
            throw new \InvalidArgumentException('the address of the service has to be like https://pay.shop.example');
        }
        $loopback = preg_match('/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/Di', $parts[2]);
        if (strtolower($parts[1]) === 'http' && !$loopback && !$plainHttp) {
            throw new \InvalidArgumentException('the service is reached by https, or by http on loopback');
        }
        if (!preg_match('/^[\x21-\x7e]+$/D', $this->key)) {
            throw new \InvalidArgumentException('the API key is empty, or holds blanks or other characters that no key has');
        }
        if ($timeout <= 0) {
            throw new \InvalidArgumentException('the timeout has to be above zero seconds');
        }
        $this->url = rtrim($url, '/');
        $this->timeout = $timeout;
        $this->patience = $patience;
    }

    /** Keeps the key out of var_dump() and print_r(). */
    public function __debugInfo(): array
    {
        return ['url' => $this->url];
    }

    /**
     * Creates an order and its payment: send the payer to ['payment']['link'], or show ['payment']['transfer'].
     *
     * The same order may be created as often as one likes: there is one payment. So this call repeats itself when the
     * connection is lost or the service asks for time. Look at 'stage' before you send a payer on: an order that was
     * created before may be paid. If 'payment' is null in the end, or the Problem can pass (status 0, 429, 502 to 504),
     * call again later with the same array. After a Problem "conflict" the service has another order of this name.
     *
     * @param array $order 'order', 'amount' (text) and 'currency' (IRR, IRT, USD or USDT); further fields as in the contract
     */
    public function createOrder(array $order): array
    {
        if (!is_string($order['amount'] ?? null)) {
            throw new \InvalidArgumentException('the amount has to be text, such as "250000": a number may be rounded');
        }
        $end = self::now() + $this->patience;
        for ($pause = 0.5;; $pause *= 2) {
            $problem = null;
            $answer = [];
            try {
                [$status, $answer, $wait] = $this->request('POST', '/v1/orders', $order, $end - self::now());
                if ($status !== 202) {
                    return $answer;
                }
            } catch (Problem $problem) {
                $wait = $problem->retryAfter;
                // 502 to 504 without a problem document come from a proxy that did not reach the service.
                $passes = $problem->status === 0
                    || ($wait !== null && in_array($problem->status, [429, 503], true))
                    || ($problem->kind === 'unreadable' && in_array($problem->status, [502, 503, 504], true));
                if (!$passes) {
                    throw $problem;
                }
            }
            $wait = $wait ?? $pause;
            if (self::now() + $wait >= $end) {
                if ($problem !== null) {
                    throw $problem;
                }
                return $answer;
            }
            usleep((int) ($wait * 1e6));
        }
    }

    /** The order. Goods are due exactly when its 'stage' is "awaiting_delivery". */
    public function order(string $name): array
    {
        return $this->call('GET', self::path($name));
    }

    /**
     * A page of orders: ['orders' => [...], 'next' => cursor or null]; give the cursor as 'after' to read on.
     *
     * @param array $filter 'stage', 'account', 'since', 'until', 'after', 'limit'; each may be left out
     */
    public function orders(array $filter = []): array
    {
        $query = http_build_query($filter, '', '&', PHP_QUERY_RFC3986);
        return $this->call('GET', '/v1/orders' . ($query === '' ? '' : "?$query"));
    }

    /** Asks the provider now. May be repeated. */
    public function check(string $name): array
    {
        return $this->call('POST', self::path($name) . '/check');
    }

    /** Creates another payment for an order whose stage is "over". "kept" says that the old one can still be paid. */
    public function startOver(string $name, string $reference): array
    {
        return $this->call('POST', self::path($name) . '/start-over', ['reference' => $reference]);
    }

    /** Says that the goods went out. May be repeated; not needed where a 2xx to the event says so. */
    public function acknowledge(string $name): array
    {
        return $this->call('POST', self::path($name) . '/acknowledge');
    }

    /** Gives the money back. If the effect of a Problem is "unknown", look at order()['refund'] before you ask again. */
    public function refund(string $name): array
    {
        return $this->call('POST', self::path($name) . '/refund');
    }

    /** Closes the payment, so that nobody can pay it any more. */
    public function disable(string $name): array
    {
        return $this->call('POST', self::path($name) . '/disable');
    }

    /** Has the provider send the link to the payer again. Each call sends one. */
    public function resend(string $name): array
    {
        return $this->call('POST', self::path($name) . '/resend');
    }

    /** The accounts of the service. */
    public function accounts(): array
    {
        return $this->call('GET', '/v1/accounts');
    }

    private static function path(string $name): string
    {
        // A path with an empty or a dotted segment is another path.
        if (in_array($name, ['', '.', '..'], true)) {
            throw new \InvalidArgumentException('an order has a name');
        }
        return '/v1/orders/' . rawurlencode($name);
    }

    private static function now(): float
    {
        return hrtime(true) / 1e9;
    }

    private function call(string $method, string $path, ?array $json = null): array
    {
        return $this->request($method, $path, $json, $this->timeout)[1];
    }

    /** @return array{int, array, ?int} the status, the decoded answer, and the seconds of Retry-After */
    private function request(string $method, string $path, ?array $json, float $seconds): array
    {
        $body = $json === null
            ? null
            : json_encode($json, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
        $headers = ['Authorization: Bearer ' . $this->key, 'Accept: application/json', 'Expect:'];
        if ($body !== null) {
            $headers[] = 'Content-Type: application/json';
        } elseif ($method === 'POST') {
            $headers[] = 'Content-Length: 0';
        }
        $send = function_exists('curl_exec') ? 'byCurl' : 'byStream';
        $seconds = max(0.001, min($seconds, $this->timeout));
        [$lines, $text, $lost] = self::$send($method, $this->url . $path, $headers, $body, $seconds);

        $status = 0;
        $fields = [];
        foreach ($lines as $line) {
            if (preg_match('~^HTTP/\S+ (\d{3})~', $line, $match)) {
                $status = (int) $match[1];
                $fields = [];
            } elseif (strpos($line, ':') !== false) {
                [$name, $value] = explode(':', $line, 2);
                $fields[strtolower($name)] = trim($value);
            }
        }
        if ($lost === null && preg_match('~^application/(problem\+)?json\b~i', $fields['content-type'] ?? '', $match)) {
            $answer = json_decode($text, true, 512, JSON_BIGINT_AS_STRING);
            $problem = isset($match[1]);
            if (!is_array($answer)) {
                $lost = 'the answer was cut off';
            } elseif ($problem ? $status >= 400 : $status >= 200 && $status < 300) {
                $wait = $fields['retry-after'] ?? '';
                $wait = preg_match('/^\d{1,6}$/D', $wait) ? (int) $wait : null;
                if ($problem) {
                    throw new Problem($status, $answer, $wait);
                }
                return [$status, $answer, $wait];
            }
        }
        if ($lost !== null) {
            throw new Problem(0, ['kind' => 'unreachable', 'detail' => "no answer of the service: $lost"], null);
        }
        $detail = "not an answer of the service (status $status): look at its address, and at proxies before it";
        throw new Problem($status, ['kind' => 'unreadable', 'detail' => $detail], null);
    }

    /** @return array{string[], string, ?string} the lines of the header, the body, and why there is no whole answer */
    private static function byCurl(
        string $method,
        string $url,
        #[\SensitiveParameter]
        array $headers,
        ?string $body,
        float $seconds
    ): array {
        $lines = [];
        $curl = curl_init();
        curl_setopt_array($curl, [
            CURLOPT_URL => $url,
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_TIMEOUT_MS => (int) ceil($seconds * 1000),
            CURLOPT_NOSIGNAL => true, // else the system's resolver rounds timeouts to whole seconds
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_PROXY => '', // a proxy out of the environment would read plain http
            CURLOPT_SSL_VERIFYPEER => true,
            CURLOPT_SSL_VERIFYHOST => 2,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_HEADERFUNCTION => static function ($curl, string $line) use (&$lines): int {
                $lines[] = trim($line);
                return strlen($line);
            },
        ] + ($body === null ? [] : [CURLOPT_POSTFIELDS => $body]));
        $text = curl_exec($curl);
        return $text === false ? [$lines, '', curl_error($curl)] : [$lines, $text, null];
    }

    /** @return array{string[], string, ?string} as byCurl() */
    private static function byStream(
        string $method,
        string $url,
        #[\SensitiveParameter]
        array $headers,
        ?string $body,
        float $seconds
    ): array {
        $end = self::now() + $seconds;
        $http = [
            'method' => $method,
            'header' => array_diff($headers, ['Expect:']),
            'protocol_version' => 1.1,
            'timeout' => $seconds,
            'follow_location' => 0,
            'ignore_errors' => true, // a problem has a body, too
        ] + ($body === null ? [] : ['content' => $body]);
        $ssl = ['verify_peer' => true, 'verify_peer_name' => true];
        error_clear_last();
        $stream = @fopen($url, 'r', false, stream_context_create(['http' => $http, 'ssl' => $ssl]));
        if ($stream === false) {
            return [[], '', error_get_last()['message'] ?? 'the connection failed'];
        }
        $text = '';
        do {
            $text .= (string) fread($stream, 65536);
            $late = stream_get_meta_data($stream)['timed_out'] || self::now() > $end;
        } while (!$late && !feof($stream));
        return [stream_get_meta_data($stream)['wrapper_data'], $text, $late ? "timeout after $seconds seconds" : null];
    }
}

/**
 * What the service, or the way to it, said instead of the answer.
 *
 * Two kinds come from this client: "unreachable" (no whole answer; status 0), and "unreadable" (the answer is not the
 * service's: a redirect, or a page of a proxy).
 */
final class Problem extends \RuntimeException
{
    /** Status of HTTP, 0 if there was no answer. */
    public int $status;
    /** A word to decide by, such as "conflict", "invalid", "kept" or "unsupported". */
    public string $kind;
    /** "not_executed": nothing was done, and that is proved. "unknown": ask order(). */
    public string $effect;
    /** @var array for people, by language: 'english', 'persian'; may be empty */
    public array $texts;
    /** @var array of "invalid": each with 'field', 'problem' and 'remedy' */
    public array $fields;
    /** @var array of "conflict": the names of the fields that differ */
    public array $differs;
    /** Seconds after which to try again. */
    public ?int $retryAfter;
    /** @var array the whole problem document */
    public array $document;

    public function __construct(int $status, array $document, ?int $retryAfter)
    {
        $word = static function (string $name, string $otherwise) use ($document): string {
            return is_string($document[$name] ?? null) ? $document[$name] : $otherwise;
        };
        $list = static function (string $name) use ($document): array {
            return is_array($document[$name] ?? null) ? $document[$name] : [];
        };
        parent::__construct($word('detail', $word('title', "the service answered $status")), $status);
        $this->status = $status;
        $this->kind = $word('kind', 'unreadable');
        $this->effect = $word('effect', 'unknown');
        $this->texts = $list('texts');
        $this->fields = $list('fields');
        $this->differs = $list('differs');
        $this->retryAfter = $retryAfter;
        $this->document = $document;
    }
}

/** The events that the service sends, signed as Standard Webhooks has it. */
final class Events
{
    /**
     * Returns the event, or throws InvalidEvent: answer that with 400, and do nothing else.
     *
     * An event may come more than once, and out of order. Deliver an order once by your own table, and answer 2xx only
     * when that is written down: nothing but an answer of another status brings the event again.
     *
     * @param string   $body      the request's body, byte for byte
     * @param array    $headers   the request's headers, or $_SERVER
     * @param string[] $secrets   the keys that may have signed, each "whsec_" and base64; more than one while keys change
     * @param int      $tolerance seconds that the time of sending may be off, both ways
     */
    public static function verify(
        string $body,
        array $headers,
        #[\SensitiveParameter]
        array $secrets,
        int $tolerance = 300
    ): array {
        $keys = [];
        foreach ($secrets as $secret) {
            $key = is_string($secret) && strpos($secret, 'whsec_') === 0 ? base64_decode(substr($secret, 6), true) : false;
            // An empty setting would be a key that everybody knows.
            if ($key === false || strlen($key) < 24 || strlen($key) > 64) {
                throw new \InvalidArgumentException('an event secret is whsec_ and the base64 of 24 to 64 bytes');
            }
            $keys[] = $key;
        }
        if ($keys === []) {
            throw new \InvalidArgumentException('no event secret is set');
        }

        $given = [];
        foreach ($headers as $name => $value) {
            $name = preg_replace('/^http-/', '', strtr(strtolower((string) $name), '_', '-'));
            $value = is_array($value) && count($value) === 1 ? reset($value) : $value;
            $given[$name] = is_string($value) || is_int($value) ? (string) $value : '';
        }
        $id = $given['webhook-id'] ?? '';
        $time = $given['webhook-timestamp'] ?? '';
        if ($id === '' || !preg_match('/^\d{1,12}$/D', $time)) {
            throw new InvalidEvent('the event lacks its id, or its time');
        }
        if (abs(time() - (int) $time) > $tolerance) {
            throw new InvalidEvent("the event was sent more than $tolerance seconds from now: replayed, or a clock is wrong");
        }
        $known = false;
        foreach ($keys as $key) {
            $signature = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$time.$body", $key, true));
            foreach (explode(' ', $given['webhook-signature'] ?? '') as $candidate) {
                $known = hash_equals($signature, $candidate) || $known;
            }
        }
        if (!$known) {
            throw new InvalidEvent('no signature of the event is by a known key');
        }

        $event = json_decode($body, true, 512, JSON_BIGINT_AS_STRING);
        if (!is_string($event['type'] ?? null) || !is_array($event['data'] ?? null)) {
            throw new InvalidEvent('the event has no type, or no data');
        }
        return $event;
    }
}

/** What came is not an event of the service. */
final class InvalidEvent extends \RuntimeException
{
}

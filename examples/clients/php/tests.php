<?php
/**
 * Tests of Paylink.php: `php tests.php` prints a line for each case, and ends with 0 if all are well.
 *
 * Its helpers also serve the tests of the WooCommerce plugin.
 */

declare(strict_types=1);

error_reporting(E_ALL);
set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    if (!(error_reporting() & $level)) {
        return false; // silenced by @
    }
    throw new ErrorException($message, 0, $level, $file, $line);
});

/** A server on loopback that answers each connection with the next of the given bytes, and keeps what was asked. */
final class Stub
{
    public string $url;
    private string $folder;
    /** @var resource */
    private $process;

    public function __construct(string $scheme = 'http')
    {
        $this->folder = sys_get_temp_dir() . '/paylink-stub-' . bin2hex(random_bytes(8));
        mkdir($this->folder, 0700);
        $this->process = proc_open([PHP_BINARY, __FILE__, 'stub', $scheme, $this->folder], [1 => ['pipe', 'w']], $pipes);
        $this->url = "$scheme://" . trim((string) fgets($pipes[1]));
    }

    public function __destruct()
    {
        proc_terminate($this->process);
        array_map('unlink', glob("{$this->folder}/*"));
        rmdir($this->folder);
    }

    /** Sets the next answers, and forgets what was asked. An empty one cuts the connection. */
    public function answers(string ...$answers): void
    {
        file_put_contents("{$this->folder}/requests", '');
        file_put_contents("{$this->folder}/answers", serialize($answers));
    }

    /** @return string[] what was asked, byte for byte */
    public function requests(): array
    {
        return array_map('base64_decode', file("{$this->folder}/requests"));
    }

    public static function serve(string $scheme, string $folder): void
    {
        $tls = [];
        if ($scheme === 'https') {
            $key = openssl_pkey_new(['private_key_type' => OPENSSL_KEYTYPE_EC, 'curve_name' => 'prime256v1']);
            $signed = openssl_csr_sign(openssl_csr_new(['commonName' => '127.0.0.1'], $key), null, $key, 1);
            openssl_x509_export($signed, $certificate);
            openssl_pkey_export($key, $private);
            file_put_contents("$folder/pem", $certificate . $private);
            $tls = ['local_cert' => "$folder/pem"];
        }
        $listen = ($scheme === 'https' ? 'tls' : 'tcp') . '://127.0.0.1:0';
        $server = stream_socket_server(
            $listen,
            $code,
            $message,
            STREAM_SERVER_BIND | STREAM_SERVER_LISTEN,
            stream_context_create(['ssl' => $tls])
        );
        echo stream_socket_get_name($server, false), "\n";
        // A stub whose tests were killed ends by itself.
        for ($end = time() + 120; time() < $end;) {
            $client = @stream_socket_accept($server, 5);
            if ($client === false) {
                continue; // nobody came, or a client that refused the certificate
            }
            $request = '';
            while (strpos($request, "\r\n\r\n") === false && ($line = fgets($client)) !== false) {
                $request .= $line;
            }
            $length = preg_match('/^content-length: (\d+)/mi', $request, $match) ? (int) $match[1] : 0;
            $request .= $length > 0 ? stream_get_contents($client, $length) : '';
            file_put_contents("$folder/requests", base64_encode($request) . "\n", FILE_APPEND);
            $answers = unserialize(file_get_contents("$folder/answers"));
            $answer = array_shift($answers) ?? http(500, ['unexpected' => 'request']);
            file_put_contents("$folder/answers", serialize($answers));
            if ($answer === 'late') {
                sleep(2);
            }
            fwrite($client, $answer);
            fclose($client);
        }
    }
}

/** An answer with a JSON body. */
function http(int $status, array $json, string $header = ''): string
{
    $type = $status < 400 ? 'application/json' : 'application/problem+json';
    $body = json_encode($json);
    return "HTTP/1.1 $status x\r\nContent-Type: $type\r\nContent-Length: " . strlen($body) . "\r\n$header\r\n$body";
}

/** The headers of an event, signed with each of the secrets. */
function signed(string $body, array $secrets, ?int $time = null, string $id = 'msg_1'): array
{
    $time = $time ?? time();
    $sign = static function (string $secret) use ($body, $time, $id): string {
        return 'v1,' . base64_encode(hash_hmac('sha256', "$id.$time.$body", base64_decode((string) substr($secret, 6)), true));
    };
    return [
        'webhook-id' => $id,
        'webhook-timestamp' => (string) $time,
        'webhook-signature' => implode(' ', array_map($sign, $secrets)),
    ];
}

/** Runs a case and prints how it ended. */
function test(string $name, callable $case): void
{
    global $failures;
    try {
        $case();
        echo "ok      $name\n";
    } catch (Throwable $failure) {
        $failures = ($failures ?? 0) + 1;
        echo "FAILED  $name: ", get_class($failure), ' ', $failure->getMessage(), ', line ', $failure->getLine(), "\n";
    }
}

function same($expected, $actual): void
{
    if ($expected !== $actual) {
        throw new LogicException(json_encode($actual) . ' instead of ' . json_encode($expected));
    }
}

/** The exception that the call has to throw. */
function thrown(string $class, callable $call): Throwable
{
    try {
        $call();
    } catch (Throwable $thrown) {
        if (!$thrown instanceof $class) {
            throw $thrown;
        }
        foreach ([substr(KEY, 0, 9), substr(SECRET, 0, 12), substr(SECRET, 6, 9)] as $secret) {
            same(false, strpos((string) $thrown, $secret));
        }
        return $thrown;
    }
    throw new LogicException("nothing was thrown instead of $class");
}

const KEY = 'pk_0123456789abcdef';
const SECRET = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const OTHER_SECRET = 'whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=';
const ORDER = ['order' => '1000', 'amount' => '250000', 'currency' => 'IRT'];
const EVENT = '{"type":"order.paid","timestamp":"2026-11-30T16:45:00.000Z","data":{"order":{"order":"سفارش ۱۰۰۰"}}}';

if (($argv[1] ?? '') === 'stub') {
    Stub::serve($argv[2], $argv[3]);
    exit;
}
if (realpath($_SERVER['SCRIPT_FILENAME']) !== __FILE__) {
    return;
}

use Paylink\Client;
use Paylink\Events;
use Paylink\InvalidEvent;
use Paylink\Problem;

require __DIR__ . '/Paylink.php';

$stub = new Stub();
$client = new Client($stub->url, KEY, 1.0, 5.0);
$hasty = new Client($stub->url, KEY, 1.0, 0.4);
$open = ORDER + ['stage' => 'open', 'payment' => ['link' => 'https://pay.example/1']];
$later = ORDER + ['stage' => 'creating', 'payment' => null];
$conflict = [
    'type' => 'urn:paylink:problem:conflict', 'title' => 'Conflict', 'status' => 409, 'detail' => 'There is another order.',
    'kind' => 'conflict', 'effect' => 'not_executed', 'differs' => ['amount'], 'texts' => ['persian' => 'مطابقت ندارد'],
];

test('an order is asked for in the words of the contract', function () use ($stub, $client, $open) {
    $stub->answers(http(201, $open));
    same($open, $client->createOrder(ORDER));
    [$head, $body] = explode("\r\n\r\n", $stub->requests()[0]);
    same('POST /v1/orders HTTP/1.1', strtok($head, "\r"));
    same(1, preg_match('/^authorization: bearer ' . KEY . '\r?$/mi', $head));
    same(1, preg_match('~^content-type: application/json\r?$~mi', $head));
    same('{"order":"1000","amount":"250000","currency":"IRT"}', $body);
});

test('202 is repeated until the payment is known', function () use ($stub, $client, $later, $open) {
    $stub->answers(http(202, $later, "Retry-After: 0\r\n"), http(202, $later, "Retry-After: 1\r\n"), http(200, $open));
    $begin = microtime(true);
    same($open, $client->createOrder(ORDER));
    same(true, microtime(true) - $begin >= 1);
    same(3, count($requests = $stub->requests()));
    same(1, count(array_unique($requests)));
});

test('a lost answer is asked for again', function () use ($stub, $client, $open) {
    $stub->answers('', substr(http(201, $open), 0, -9), http(200, $open));
    same($open, $client->createOrder(ORDER));
    same(3, count($stub->requests()));
});

test('503 with Retry-After and 502 of a proxy are repeated', function () use ($stub, $client, $open) {
    $busy = ['kind' => 'busy', 'detail' => 'Come back later.'];
    $proxy = "HTTP/1.1 502 x\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nno";
    $stub->answers(http(503, $busy, "Retry-After: 0\r\n"), $proxy, http(201, $open));
    same($open, $client->createOrder(ORDER));
    $stub->answers(http(503, $busy));
    same('busy', thrown(Problem::class, function () use ($client) {
        $client->createOrder(ORDER);
    })->kind);
    same(1, count($stub->requests()));
});

test('repeating ends when patience does', function () use ($stub, $hasty, $later) {
    $begin = microtime(true);
    $stub->answers(http(202, $later, "Retry-After: 2\r\n"));
    same(null, $hasty->createOrder(ORDER)['payment']);
    $stub->answers('', '', '', '');
    $problem = thrown(Problem::class, function () use ($hasty) {
        $hasty->createOrder(ORDER);
    });
    same([0, 'unreachable', 'unknown'], [$problem->status, $problem->kind, $problem->effect]);
    $stub->answers('late');
    thrown(Problem::class, function () use ($hasty) {
        $hasty->createOrder(ORDER);
    });
    same(true, microtime(true) - $begin < 2);
    usleep(2000000); // the stub serves one at a time
});

test('a conflict is a Problem, and is not repeated', function () use ($stub, $client, $conflict) {
    $stub->answers(http(409, $conflict));
    $problem = thrown(Problem::class, function () use ($client) {
        $client->createOrder(ORDER);
    });
    same(['conflict', 409, 'not_executed', ['amount'], []], [
        $problem->kind, $problem->status, $problem->effect, $problem->differs, $problem->fields,
    ]);
    same(['There is another order.', 'مطابقت ندارد'], [$problem->getMessage(), $problem->texts['persian']]);
    same($conflict, $problem->document);
    same(1, count($stub->requests()));
});

test('what fails otherwise is not repeated', function () use ($stub, $client) {
    $stub->answers('');
    same(0, thrown(Problem::class, function () use ($client) {
        $client->refund('1000');
    })->status);
    same(1, count($stub->requests()));
});

test('a redirect is not followed', function () use ($stub, $client) {
    $stub->answers("HTTP/1.1 307 x\r\nLocation: {$stub->url}/elsewhere\r\nContent-Length: 0\r\n\r\n");
    $problem = thrown(Problem::class, function () use ($client) {
        $client->createOrder(ORDER);
    });
    same(['unreadable', 307], [$problem->kind, $problem->status]);
    same(1, count($stub->requests()));
});

test('an amount that is no text is refused, unsent', function () use ($stub, $client) {
    $stub->answers();
    foreach ([250000.0, 250000, null] as $amount) {
        thrown(InvalidArgumentException::class, function () use ($client, $amount) {
            $client->createOrder(['amount' => $amount] + ORDER);
        });
    }
    same([], $stub->requests());
});

test('each operation has its path', function () use ($stub, $client, $open) {
    $calls = [
        'GET /v1/orders/a%2Fb%20%D9%81' => ['order', 'a/b ف'],
        'GET /v1/orders' => ['orders'],
        'GET /v1/orders?stage=open&after=a%2Bb' => ['orders', ['stage' => 'open', 'account' => null, 'after' => 'a+b']],
        'POST /v1/orders/1000/check' => ['check', '1000'],
        'POST /v1/orders/1000/start-over' => ['startOver', '1000', '1000-2'],
        'POST /v1/orders/1000/acknowledge' => ['acknowledge', '1000'],
        'POST /v1/orders/1000/refund' => ['refund', '1000'],
        'POST /v1/orders/1000/disable' => ['disable', '1000'],
        'POST /v1/orders/1000/resend' => ['resend', '1000'],
        'GET /v1/accounts' => ['accounts'],
    ];
    foreach ($calls as $line => $call) {
        $stub->answers(http(200, $open));
        same($open, $client->{array_shift($call)}(...$call));
        $request = $stub->requests()[0];
        same("$line HTTP/1.1", strtok($request, "\r"));
        $body = explode("\r\n\r\n", $request)[1];
        same(strpos($line, 'start-over') ? '{"reference":"1000-2"}' : '', $body);
        same($body !== '', stripos($request, "\r\ncontent-type:") !== false);
    }
    foreach (['', '.', '..'] as $name) {
        thrown(InvalidArgumentException::class, function () use ($client, $name) {
            $client->order($name);
        });
    }
});

test('the key stays out of what is printed, and off the open network', function () use ($client) {
    same(false, strpos(print_r($client, true), KEY));
    $refused = [
        ['http://pay.shop.example', KEY], ['http://127.0.0.1.shop.example', KEY], ['ftp://127.0.0.1', KEY],
        ['https://user@pay.shop.example', KEY], ['https://pay.shop.example/?a=b', KEY], ['pay.shop.example', KEY],
        ['https://pay.shop.example', ''], ['https://pay.shop.example', KEY . "\r\nX: y"],
    ];
    foreach ($refused as $arguments) {
        thrown(InvalidArgumentException::class, function () use ($arguments) {
            new Client(...$arguments);
        });
    }
    new Client('http://[::1]:8700/pay/', KEY);
    new Client('http://pay.internal', KEY, 10.0, 30.0, true);
});

test('a certificate that nobody vouches for is refused', function () use ($open) {
    $stub = new Stub('https');
    $stub->answers(http(200, $open));
    same(0, thrown(Problem::class, function () use ($stub) {
        (new Client($stub->url, KEY))->order('1000');
    })->status);
    same([], $stub->requests());
});

test('a good event is taken, however its headers are spelled', function () {
    $headers = signed(EVENT, [SECRET]);
    $event = json_decode(EVENT, true);
    same($event, Events::verify(EVENT, $headers, [SECRET]));
    same($event, Events::verify(EVENT, array_change_key_case($headers, CASE_UPPER), [SECRET]));
    $server = ['argv' => ['x'], 'REQUEST_TIME' => 1];
    foreach ($headers as $name => $value) {
        $server['HTTP_' . strtoupper(strtr($name, '-', '_'))] = $value;
    }
    same($event, Events::verify(EVENT, $server, [SECRET]));
    $lists = array_map(function (string $value): array {
        return [$value];
    }, $headers);
    same($event, Events::verify(EVENT, $lists, [SECRET]));
});

test('an event that the reference library signed is taken', function () {
    $headers = [
        'webhook-id' => 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W',
        'webhook-timestamp' => '1796057100',
        'webhook-signature' => 'v1,STZBd+bjjFd9uq0YiRLdWlpzJb0iGXh8g/Y3yXd13dw=',
    ];
    same(json_decode(EVENT, true), Events::verify(EVENT, $headers, [SECRET], PHP_INT_MAX));
});

test('keys can change: any signature by any key', function () {
    $old = signed(EVENT, [OTHER_SECRET]);
    $both = signed(EVENT, [OTHER_SECRET, SECRET]);
    Events::verify(EVENT, $both, [SECRET]);
    Events::verify(EVENT, $both, [OTHER_SECRET]);
    Events::verify(EVENT, $old, [SECRET, OTHER_SECRET]);
    thrown(InvalidEvent::class, function () use ($old) {
        Events::verify(EVENT, $old, [SECRET]);
    });
});

test('an event of another time is refused, both ways', function () {
    foreach ([-299 => true, 299 => true, -302 => false, 302 => false] as $off => $good) {
        $headers = signed(EVENT, [SECRET], time() + $off);
        $verify = function () use ($headers) {
            return Events::verify(EVENT, $headers, [SECRET]);
        };
        $good ? $verify() : thrown(InvalidEvent::class, $verify);
    }
});

test('a mangled event is refused', function () {
    $good = signed(EVENT, [SECRET]);
    $cases = [
        [EVENT . ' ', $good],
        [EVENT, ['webhook-id' => 'msg_2'] + $good],
        [EVENT, signed(EVENT, [SECRET], null, '')],
        [EVENT, ['webhook-timestamp' => (string) (time() - 1)] + $good],
        [EVENT, ['webhook-timestamp' => time() . '.0'] + $good],
        [EVENT, ['webhook-signature' => ''] + $good],
        [EVENT, ['webhook-signature' => substr($good['webhook-signature'], 3)] + $good],
        [EVENT, ['webhook-signature' => strtr($good['webhook-signature'], ['v1,' => 'v1a,'])] + $good],
        [EVENT, ['webhook-signature' => ['x', $good['webhook-signature']]] + $good],
        [EVENT, []],
        ['not json', signed('not json', [SECRET])],
        ['"text"', signed('"text"', [SECRET])],
        ['{"type":"order.paid"}', signed('{"type":"order.paid"}', [SECRET])],
    ];
    foreach ($cases as [$body, $headers]) {
        thrown(InvalidEvent::class, function () use ($body, $headers) {
            Events::verify($body, $headers, [SECRET]);
        });
    }
});

test('a secret that is none is refused, whatever was signed with it', function () {
    foreach ([[], [''], ['whsec_'], [SECRET, ''], [substr(SECRET, 6)], ['whsec_c2hvcnQ='], ['whsec_' . str_repeat('*', 44)]] as $bad) {
        thrown(InvalidArgumentException::class, function () use ($bad) {
            Events::verify(EVENT, signed(EVENT, $bad ?: ['']), $bad);
        });
    }
});

$stub = null; // ends it
exit(isset($failures) ? 1 : 0);

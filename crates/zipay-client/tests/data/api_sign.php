<?php

// Writes the vectors that the signature is tested against, with PHP's own http_build_query and hash_hmac:
//
//     php api_sign.php > api_sign.json
//
// Each line holds the parameters in the order of sending, the secret key, the message that is signed and sent, and the
// signature. The JSON is ASCII, so that no editor can normalise what the vectors are about. Whatever is hard to see is
// written as \u{…} here as well.

declare(strict_types=1);

const DOCUMENTED = 'f7d36fd7f60ab0bac12051e0c3240508585dba741e126669bfbc06e002b9df6ac4e457b6';
const SHORT = 'k';
const ONE_BLOCK = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
const OVER_A_BLOCK = 'Zx9-_.~!*()/+=Zx9-_.~!*()/+=Zx9-_.~!*()/+=Zx9-_.~!*()/+=Zx9-_.~!*()/+=Zx9-_.~!*()/+=';
const WIRE = 'secret-key-of-the-wire-tests';

const TRACKID = 'de7d44ae-9df9-487f-a175-ade1ecfab28b';

function vector(string $about, string $secret, array $parameters): array
{
    $message = http_build_query($parameters);
    $pairs = [];
    foreach ($parameters as $name => $value) {
        $pairs[] = [(string) $name, $value];
    }
    return [
        'about' => $about,
        'secret' => $secret,
        'parameters' => $pairs,
        'message' => $message,
        'signature' => base64_encode(hash_hmac('sha256', $message, $secret, true)),
    ];
}

/** One parameter of this value, between two plain ones. */
function value(string $about, string $secret, mixed $value): array
{
    return vector($about, $secret, ['before' => 'a', 'value' => $value, 'after' => 'z']);
}

$ascii = implode('', array_map('chr', range(0x20, 0x7e)));
$controls = implode('', array_map('chr', range(0x01, 0x1f))) . "\x7f";

$vectors = [
    vector('the documented vector', DOCUMENTED, ['par1' => 'value1', 'par2' => 'value2']),
    vector('no parameters', DOCUMENTED, []),
    vector('every parameter null', SHORT, ['a' => null, 'b' => null]),
    value('plain', SHORT, 'value'),
    value('null is left out', DOCUMENTED, null),
    value('true is 1', DOCUMENTED, true),
    value('a whole number', ONE_BLOCK, 1003),
    value('the largest whole number', ONE_BLOCK, PHP_INT_MAX),
    value('empty text', SHORT, ''),
    vector('empty text alone', SHORT, ['value' => '']),
    vector('null before, between and after', DOCUMENTED, ['a' => null, 'b' => '1', 'c' => null, 'd' => '', 'e' => null]),
    value('a space', DOCUMENTED, ' '),
    value('spaces inside and around', ONE_BLOCK, '  two  spaces  '),
    value('a plus', DOCUMENTED, '+'),
    value('plus and space', OVER_A_BLOCK, '1 + 1'),
    value('an asterisk', DOCUMENTED, '*'),
    value('a tilde', DOCUMENTED, '~'),
    value('asterisk and tilde in words', ONE_BLOCK, '~shop*order~*'),
    value('an ampersand', DOCUMENTED, 'a&b'),
    value('an equals sign', DOCUMENTED, 'a=b=='),
    value('text that looks like parameters', OVER_A_BLOCK, 'x&amount=1&currency=USD'),
    value('a percent sign', DOCUMENTED, '100%'),
    value('percent-encoded already', DOCUMENTED, '%20%2B%D8%B3%zz%'),
    value('form-encoded already', SHORT, 'a+b%26c%3Dd'),
    value('a double quote', DOCUMENTED, 'say "yes"'),
    value('a single quote', DOCUMENTED, "it's"),
    value('a backslash', DOCUMENTED, 'C:\\shop\\new'),
    value('backslashes and quotes', OVER_A_BLOCK, '\\"\\\\\'\\\'"'),
    value('a backtick and a dollar sign', ONE_BLOCK, '`$HOME`'),
    value('a line feed', DOCUMENTED, "first\nsecond"),
    value('carriage return and line feed', DOCUMENTED, "first\r\nsecond\r\n"),
    value('a tab', SHORT, "a\tb"),
    value('all control characters but NUL', ONE_BLOCK, $controls),
    value('hyphen, underscore, full stop', DOCUMENTED, '-_.'),
    value('what RFC 3986 reserves', DOCUMENTED, "/?#[]@!$'(),;:"),
    value('all printable ASCII', OVER_A_BLOCK, $ascii),
    value('angle brackets, braces, pipe, caret', SHORT, '<>{}|^'),
    value('Persian text', DOCUMENTED, 'فاکتور فروش'),
    value('the four letters that Persian adds', ONE_BLOCK, 'پچژگ'),
    value('Persian kaf and ye', DOCUMENTED, 'کیک'),
    value('Arabic kaf and ye', DOCUMENTED, 'كيك'),
    value('Arabic letters with marks', OVER_A_BLOCK, 'مُحَمَّد ة أإؤئ'),
    value('Persian digits', DOCUMENTED, '۰۱۲۳۴۵۶۷۸۹'),
    value('Arabic digits', DOCUMENTED, '٠١٢٣٤٥٦٧٨٩'),
    value('a zero-width non-joiner', DOCUMENTED, "می\u{200c}خواهم"),
    value('a zero-width joiner and direction marks', SHORT, "\u{200d}\u{200e}\u{200f}\u{202b}\u{202c}"),
    value('a byte order mark', SHORT, "\u{feff}x"),
    value('Persian punctuation', ONE_BLOCK, '«سلام»، خوبی؟ ٫ ٬ ٪'),
    value('an emoji', DOCUMENTED, "\u{1f4b3}"),
    value('an emoji of several characters', OVER_A_BLOCK, "\u{1f469}\u{200d}\u{1f4bb}\u{1f44d}\u{1f3fd}"),
    value('a letter composed and decomposed', SHORT, "\u{e9} e\u{301}"),
    value('the ends of the UTF-8 lengths', ONE_BLOCK, "\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}"),
    value('Latin and Persian mixed', DOCUMENTED, 'order ۱۲ (فوری) #7'),
    value('200 Persian letters', DOCUMENTED, str_repeat('ش', 200)),
    value('4000 characters', OVER_A_BLOCK, str_repeat('a +*~', 800)),
    vector('names that need encoding', DOCUMENTED, ['a b' => '1', 'c[]' => '2', 'نام' => '3', 'x*~' => '4', '&=' => '5']),
    vector('the order is kept', SHORT, ['z' => '1', 'a' => '2', 'M' => '3', '10' => '4', '9' => '5']),
    vector('create-invoice in dollars', ONE_BLOCK, [
        'terminal_number' => 1003,
        'amount' => '100.99',
        'currency' => 'USD',
        'invoice_number' => '1000',
        'national_id' => null,
        'callback' => 'http://example.org/back',
        'webhook' => null,
    ]),
    vector('create-invoice in toman, Persian number, callback with a query', DOCUMENTED, [
        'terminal_number' => 42,
        'amount' => '1250000',
        'currency' => 'IRT',
        'invoice_number' => "سفارش ۱۲/الف – می\u{200c}رسد",
        'national_id' => '0076229645',
        'callback' => 'https://shop.example/بازگشت?lang=fa&cart=7%2F8#done',
        'webhook' => 'https://shop.example:8443/hook?token=a+b*c~d',
    ]),
    vector('create-invoice in tether with 20 decimals', OVER_A_BLOCK, [
        'terminal_number' => 9007199254740993,
        'amount' => '0.00000000000000000001',
        'currency' => 'USDT',
        'invoice_number' => "O'Reilly \"1\" & co. 100% *~",
        'callback' => 'https://shop.example/back',
        'webhook' => 'https://shop.example/hook',
    ]),
    vector('invoice-list with everything', ONE_BLOCK, [
        'terminal_number' => 1003,
        'invoice_number' => 'A 1',
        'status' => 'pending',
        'limit' => 100,
        'page' => 2,
        'sort' => 'asc',
    ]),
    // What tests/zipay/wire.rs sends.
    vector('wire: create-invoice', WIRE, [
        'terminal_number' => 1003,
        'amount' => '100.99',
        'currency' => 'USD',
        'invoice_number' => '1000',
        'callback' => 'https://shop.example/back',
    ]),
    vector('wire: create-invoice with everything', WIRE, [
        'terminal_number' => 77,
        'amount' => '250000.50',
        'currency' => 'IRT',
        'invoice_number' => "سفارش *~ \"۷\" 100% a+b=c&d \u{1f4b3}",
        'national_id' => '0076229645',
        'callback' => "https://shop.example/back?lang=fa&x=%20*~'",
        'webhook' => 'http://shop.example:8080/hook',
    ]),
    vector('wire: one trackid', WIRE, ['trackid' => TRACKID]),
    vector('wire: invoice-list', WIRE, []),
    vector('wire: invoice-list with everything', WIRE, [
        'terminal_number' => 1003,
        'invoice_number' => 'A 1*',
        'status' => 'refunded',
        'limit' => 500,
        'page' => 3,
        'sort' => 'asc',
    ]),
];

$lines = array_map(
    fn (array $vector): string => json_encode($vector, JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR),
    $vectors,
);
echo "[\n", implode(",\n", $lines), "\n]\n";

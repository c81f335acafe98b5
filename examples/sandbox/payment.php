<?php
// Creates a CardPay payment at `paylink sandbox`, pays it as its payer would, and fails unless it is paid then.

function call(string $method, string $path, array $fields = []): array
{
    $base = getenv('PAYLINK_CARDPAY_BASE_URL');
    $url = $path[0] === '/' ? preg_replace('~(?<=[^/:])/.*~', '', $base) . $path : $base . $path;
    $http = ['method' => $method, 'header' => ['token: ' . getenv('PAYLINK_CARDPAY_TOKEN')], 'timeout' => 10];
    if ($fields) {
        $http['header'][] = 'content-type: application/x-www-form-urlencoded';
        $http['content'] = http_build_query($fields);
    }
    $answer = file_get_contents($url, false, stream_context_create(['http' => $http]));
    if ($answer === false) {
        throw new Exception("no answer from $url");
    }
    return json_decode($answer, true, flags: JSON_THROW_ON_ERROR);
}

$pay_id = call('POST', 'create', ['price' => 150000, 'fid' => hrtime(true)])['pay_id'];
call('POST', "/_sandbox/cardpay/payments/$pay_id/pay");
$checked = call('GET', "check?pay_id=$pay_id");
if ($checked['code'] !== 201) {
    throw new Exception('not paid: ' . json_encode($checked));
}

<?php
// Takes a payment through the command `paylink`. Run it again until the order is decided: php shop.php ORDER [pay]

function paylink(string ...$words): array
{
    $words = ['paylink', '--json', 'link', ...$words, '--account', 'zipay'];
    $process = proc_open($words, [1 => ['pipe', 'w']], $pipes); // a list: no shell reads it
    $told = json_decode(stream_get_contents($pipes[1]), true, flags: JSON_THROW_ON_ERROR);
    return [proc_close($process), $told];
}

[$order, $record] = [$argv[1], rawurlencode($argv[1]) . '.json'];
$books = ['--order', $order, '--amount', '250000', '--currency', 'IRT']; // from your own books, never from the browser
if (!file_exists($record)) {
    [$status, $told] = paylink('create', ...$books, ...['--return-url', 'https://shop.example/back', '--record-to', $record]);
    if ($status !== 0) { // of 3, give $told['error']['handle'] to `paylink link resolve` before you try again
        echo "no payment ($status): {$told['error']['message']}\n";
        exit($status);
    }
    echo "send the payer to {$told['ok']['link']}\n";
    if (($argv[2] ?? '') === 'pay') { // in place of the payer, which the sandbox alone allows
        file_get_contents("{$told['ok']['link']}/pay", false, stream_context_create(['http' => ['method' => 'POST']]));
    }
}

[$status, $told] = paylink('settle', '--record', $record, ...$books);
echo match ($status) {
    0 => "deliver $order once; it was paid with {$told['ok']['proof']['amount']['amount']}\n",
    3 => "nobody knows yet: settle again, and do not deliver\n",
    4 => "not paid, do not deliver; it is {$told['error']['payment']['state']}\n",
    5 => "ALARM, do not deliver: {$told['error']['message']}\n",
    default => "error: {$told['error']['message']}\n",
};
exit($status);

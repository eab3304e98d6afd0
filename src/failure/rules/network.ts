/** The way to a server, and the server itself. */
import type { TextPatterns } from '../rule.js';

export const NETWORK_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'rate_limited',
    any: [
      /\brate limit exceeded\b/i,
      /\b429 Too Many Requests\b|\bE429\b|\breturned error: 429\b|\btoo many 429 error responses\b|\bgot 429\b/i,
      /\btoomanyrequests\b/,
      /\bsecondary rate limit\b/i,
    ],
    isGeneric: true,
  },
  {
    subcode: 'proxy',
    any: [
      /\bCould not resolve proxy\b/i,
      /\b407 Proxy Authentication Required\b|\bresponse 407 from proxy\b|\bProxyError\b|\bproxy CONNECT aborted\b/i,
      /\bReceived HTTP code \d{3} from proxy after CONNECT\b/,
      /\btunneling socket could not be established\b/i,
    ],
    isGeneric: true,
    readsWarnings: true,
  },
  {
    subcode: 'tls',
    any: [
      /\bSSL certificate problem\b/i,
      /\bserver certificate verification failed\b/i,
      /\bcertificate verify failed\b|\bCERTIFICATE_VERIFY_FAILED\b/i,
      /\bDEPTH_ZERO_SELF_SIGNED_CERT\b|\bSELF_SIGNED_CERT_IN_CHAIN\b|\bUNABLE_TO_VERIFY_LEAF_SIGNATURE\b|\bUNABLE_TO_GET_ISSUER_CERT\w{0,10}\b|\bCERT_HAS_EXPIRED\b|\bERR_TLS_\w{1,40}\b/,
      /\bself[- ]signed certificate\b/i,
      /\bPKIX path building failed\b|\bSSLHandshakeException\b/,
      /\bx509: certificate\b/,
      /\bgnutls_handshake\(\) failed\b|\bSSL_connect\b.{0,100}\b(?:failed|error|SYSCALL)\b|\bSSL routines\b/i,
      /\bcertificate (?:of|for) '?\S{1,200}'? (?:is not trusted|has expired)\b|\bcannot verify \S{1,200} certificate\b/i,
    ],
    isGeneric: true,
    readsWarnings: true,
  },
  {
    subcode: 'dns',
    any: [
      /\bENOTFOUND\b|\bEAI_AGAIN\b|\bEAI_NONAME\b/,
      /\bCould(?:n't| not) resolve host(?:name)?\b/i,
      /\bName or service not known\b|\bTemporary failure in name resolution\b|\bNo address associated with hostname\b/i,
      /\bnodename nor servname provided\b/,
      /\bunable to resolve host address\b/i,
      /\bno such host\b/i,
      /\bUnknownHostException\b|\bUnknown host\b/,
      /\bNo such host is known\b/i,
      /\bcould not translate host name\b/,
      /\bserver misbehaving$/,
      /\bFailed to resolve '/,
    ],
    isGeneric: true,
    readsWarnings: true,
  },
  {
    subcode: 'network_timeout',
    any: [
      /\bETIMEDOUT\b|\bESOCKETTIMEDOUT\b|\bUND_ERR_CONNECT_TIMEOUT\b|\bERR_SOCKET_TIMEOUT\b/,
      /\bConnection timed out\b|\bOperation timed out\b|\bRead timed out\b|\bconnect timed out\b|\bReadTimeoutError\b|\bConnectTimeoutError\b/i,
      /\bConnectTimeoutException\b|\bSocketTimeoutException\b/,
      /\bi\/o timeout\b|\bTLS handshake timeout\b|\bClient\.Timeout exceeded\b/,
      /\bOperation too slow\b/,
      /\bcurl: \(28\)/,
    ],
    isGeneric: true,
    readsWarnings: true,
  },
  {
    subcode: 'connection_refused',
    any: [
      /\bECONNREFUSED\b/,
      /\bConnection refused\b/i,
      /\bFailed to connect to \S{1,300} port \d{1,5}\b/,
      /\bCould(?:n't| not) connect to server\b/i,
      /\bactively refused it\b/i,
      /\bCannot connect to the Docker daemon at tcp:\/\//,
    ],
    isGeneric: true,
    readsWarnings: true,
  },
  {
    subcode: 'unreachable',
    any: [
      /\bENETUNREACH\b|\bEHOSTUNREACH\b|\bENETDOWN\b/,
      /\bNetwork is unreachable\b|\bNo route to host\b|\bnetwork is down\b/i,
    ],
    isGeneric: true,
    readsWarnings: true,
  },
  {
    subcode: 'connection_lost',
    any: [
      /\bECONNRESET\b|\bECONNABORTED\b|\bUND_ERR_SOCKET\b/,
      /\bConnection reset by (?:peer|\d|\S{1,300} port)|\bConnection (?:to \S{1,300} )?closed by (?:remote host|\S{1,300} port)\b/i,
      /\bEmpty reply from server\b|\bsocket hang up\b|\bRemoteDisconnected\b|\bserver closed the connection unexpectedly\b/i,
      /\bthe remote end hung up unexpectedly\b|\bearly EOF\b|\bRPC failed; (?:curl|HTTP)\b/i,
      /\btransfer closed with \d+ bytes remaining\b|\bunexpected disconnect while reading sideband\b/i,
      /\bIncompleteRead\b|\bHTTP\/2 stream \d+ was not closed cleanly\b/,
    ],
    isGeneric: true,
    readsWarnings: true,
  },
  {
    subcode: 'server_error',
    any: [
      /\breturned error: 5\d\d\b/,
      /^npm (?:error|ERR!) code E5\d\d\b|\bERR_PNPM_FETCH_5\d\d\b/,
      /\bgot 5\d\d$|\btoo many 5\d\d error responses\b|\bstatus code:? 5\d\d\b/,
      /\b50[0234] (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out|Server Error)/i,
      /\bERROR 5\d\d: /,
    ],
    isGeneric: true,
    readsWarnings: true,
  },
  {
    subcode: 'http_error',
    any: [/^curl: \(22\) The requested URL returned error: 4(?!01|03|29)\d\d\b/, /\bERROR 4(?!01|03|29)\d\d: /],
  },
];

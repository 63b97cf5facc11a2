import { systemClock } from '../src/clock.ts';
import { openTcp } from '../src/tcp.ts';
import { openTls } from '../src/tls.ts';
import { openUdp } from '../src/udp.ts';
import { openWs } from '../src/ws.ts';
import { makeCertificate } from '@soft-handset/parts/certificates';
import { MemoryNetwork } from '../src/memory-network.ts';
import { sipTransportContract } from './transport-contract.ts';

sipTransportContract('udp', () => openUdp());
sipTransportContract('udp over IPv6', () => openUdp({ host: '::1' }));
sipTransportContract('tcp', () => openTcp());
sipTransportContract('tcp over IPv6', () => openTcp({ host: '::1' }));

const ip = ['127.0.0.1', '::1'];
const { cert, key } = await makeCertificate({ ip });
const credentials = { cert, key, ca: cert };
sipTransportContract('tls', () => openTls({ port: 0, credentials }));
sipTransportContract('tls over IPv6', () => openTls({ host: '::1', port: 0, credentials }));

sipTransportContract('ws', () => openWs({ port: 0 }));
sipTransportContract('ws over IPv6', () => openWs({ host: '::1', port: 0 }));
sipTransportContract('wss', () => openWs({ protocol: 'wss', port: 0, credentials }));

const network = new MemoryNetwork(systemClock);
let port = 5060;
sipTransportContract('memory', async () => network.open('192.0.2.1', port++));

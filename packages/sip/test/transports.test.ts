import { systemClock } from '../src/clock.ts';
import { openTcp } from '../src/tcp.ts';
import { openUdp } from '../src/udp.ts';
import { MemoryNetwork } from './memory-transport.ts';
import { sipTransportContract } from './transport-contract.ts';

sipTransportContract('udp', () => openUdp());
sipTransportContract('udp over IPv6', () => openUdp({ host: '::1' }));
sipTransportContract('tcp', () => openTcp());
sipTransportContract('tcp over IPv6', () => openTcp({ host: '::1' }));

const network = new MemoryNetwork(systemClock);
let port = 5060;
sipTransportContract('memory', async () => network.open('192.0.2.1', port++));

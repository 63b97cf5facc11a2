import { called, calling, freeSipPort } from '@soft-handset/parts';
import { madeUpSdp, NodeHandset } from './node-handset.ts';
import { startPeer, type Peer, type PeerOptions } from './peer.ts';
import { tones, type World } from './world.ts';

/** Makes calls of one kind from an account, or to it, and says how many. */
type Kind = (account: string) => Promise<number>;

/** Calls of all kinds but those in a browser: they need no ICE, so they are quick. */
export class CallsOfAllKinds {
  readonly #world: Pick<World, 'origin' | 'kamailio'>;
  readonly #times: number;
  readonly #failed: (cause: unknown) => void;

  /** `times`: how often each kind is made; `failed` may go on without a kind that did not do as it should. */
  constructor(
    world: Pick<World, 'origin' | 'kamailio'>,
    times: number,
    failed: (cause: unknown) => void = raise,
  ) {
    this.#world = world;
    this.#times = times;
    this.#failed = failed;
  }

  /** Three handsets side by side, each with kinds of its own; the number of calls. */
  async make(): Promise<number> {
    const made = await Promise.all(
      this.#accountsAndKinds().map(([account, kinds]) => this.#oneByOne(account, kinds)),
    );
    return made.reduce((sum, count) => sum + count, 0);
  }

  async #oneByOne(account: string, kinds: readonly Kind[]): Promise<number> {
    let calls = 0;
    for (const kind of kinds) {
      try {
        const made = await kind(account);
        calls += made;
      } catch (cause) {
        this.#failed(cause);
      }
    }
    return calls;
  }

  #accountsAndKinds(): readonly (readonly [string, readonly Kind[]])[] {
    return [
      [
        '1001',
        [
          this.#answeredAndEndedHere,
          this.#refused,
          this.#cancelled,
          this.#unknownNumber,
          this.#endedByThePhone,
          this.#garbage,
        ],
      ],
      [
        '1002',
        [
          this.#classic,
          this.#earlyMedia,
          this.#classicGarbage,
          this.#classicCancelled,
          this.#handsetVanishes,
        ],
      ],
      [
        '1003',
        [
          this.#incoming,
          this.#incomingEndedByThePhone,
          this.#incomingRefused,
          this.#incomingCancelled,
          this.#incomingWithoutOffer,
          this.#byeWithoutAck,
          this.#busy,
        ],
      ],
    ];
  }

  /** One phone for a row of calls; it must be content with all of them. */
  async #withPeer(
    scenario: PeerOptions['scenario'],
    work: (peer: Peer) => Promise<void>,
    more: Partial<PeerOptions> = {},
  ): Promise<number> {
    const port = await freeSipPort();
    const peer = await startPeer({ port, frequency: tones.peer, scenario, count: this.#times, ...more });
    try {
      await work(peer);
      await peer.isContent();
    } finally {
      await peer.close();
    }
    return this.#times;
  }

  async #withHandset(account: string, work: (handset: NodeHandset) => Promise<void>): Promise<void> {
    const handset = await NodeHandset.logsIn(this.#world.origin, account);
    try {
      await work(handset);
      await handset.logsOut();
    } finally {
      handset.vanishes();
    }
  }

  /** The handset calls, again and again. */
  #dialled(
    scenario: PeerOptions['scenario'],
    call: (handset: NodeHandset, uri: string) => Promise<void>,
  ): Kind {
    return (account) =>
      this.#withPeer(scenario, (peer) =>
        this.#withHandset(account, async (handset) => {
          for (let time = 0; time < this.#times; time += 1) await call(handset, peer.uri);
        }),
      );
  }

  /** The phone calls, one call after the other. */
  #rung(scenario: PeerOptions['scenario'], take: (handset: NodeHandset) => Promise<void>): Kind {
    return async (account) => {
      await this.#withHandset(account, async (handset) => {
        for (let time = 0; time < this.#times; time += 1) {
          await this.#withPeer(scenario, () => take(handset), {
            count: 1,
            calls: { number: account, port: this.#world.kamailio.port },
          });
        }
      });
      return this.#times;
    };
  }

  async #answered(handset: NodeHandset, uri: string): Promise<void> {
    handset.asks({ request: 'new_call', uri });
    await handset.hears('new_accepted');
    handset.asks({ request: 'new_accept' }, madeUpSdp('answer'));
    await handset.hears('accept_reply');
  }

  async #hangUp(handset: NodeHandset): Promise<void> {
    handset.asks({ request: 'hangup' });
    await handset.hears('hangingup');
  }

  readonly #answeredAndEndedHere: Kind = this.#dialled(
    (media) => called.offersWhenAnswering({ media }),
    async (handset, uri) => {
      await this.#answered(handset, uri);
      await this.#hangUp(handset);
    },
  );
  readonly #endedByThePhone: Kind = this.#dialled(
    (media) => called.hangsUpAfter(50, called.offersWhenAnswering, { media }),
    async (handset, uri) => {
      await this.#answered(handset, uri);
      await handset.hears('hangup');
    },
  );
  readonly #refused: Kind = this.#dialled(
    () => called.refuses(486, 'Busy Here'),
    async (handset, uri) => {
      handset.asks({ request: 'new_call', uri });
      await handset.hears('hangup');
    },
  );
  readonly #cancelled: Kind = this.#dialled(
    () => called.ringsUntilCancelled(),
    async (handset, uri) => {
      handset.asks({ request: 'new_call', uri });
      await handset.hears('ringing');
      await this.#hangUp(handset);
    },
  );
  readonly #garbage: Kind = this.#dialled(
    (media) => called.offersWhenAnswering({ media }),
    async (handset, uri) => {
      handset.asks({ request: 'new_call', uri });
      await handset.hears('new_accepted');
      handset.asks({ request: 'new_accept' }, { type: 'answer', sdp: 'v=0\r\nno SDP at all\r\n' });
      await handset.isRefused(444);
      handset.asks({ request: 'accept' }, madeUpSdp('answer'));
      await handset.isRefused(447);
      handset.asks({ request: 'new_accept' }, madeUpSdp('answer'));
      await handset.hears('accept_reply');
      await this.#hangUp(handset);
    },
  );
  readonly #unknownNumber: Kind = async (account) => {
    await this.#withHandset(account, async (handset) => {
      for (let time = 0; time < this.#times; time += 1) {
        handset.asks({ request: 'new_call', uri: '4711' });
        await handset.hears('hangup');
      }
    });
    return this.#times;
  };
  readonly #handsetVanishes: Kind = (account) =>
    this.#withPeer(
      (media) => called.offersWhenAnswering({ media }),
      async (peer) => {
        for (let time = 0; time < this.#times; time += 1) {
          const handset = await NodeHandset.logsIn(this.#world.origin, account);
          await this.#answered(handset, peer.uri);
          handset.vanishes();
        }
      },
    );

  async #dialClassic(handset: NodeHandset, uri: string): Promise<void> {
    handset.asks({ request: 'call', uri }, madeUpSdp('offer'));
    await handset.hears('calling');
  }

  readonly #classic: Kind = this.#dialled(
    (media) => called.answersOffer({ media }),
    async (handset, uri) => {
      await this.#dialClassic(handset, uri);
      await handset.hears('accept_reply');
      await this.#hangUp(handset);
    },
  );
  readonly #earlyMedia: Kind = this.#dialled(
    (media) => called.earlyMedia({ media, earlyMs: 30 }),
    async (handset, uri) => {
      await this.#dialClassic(handset, uri);
      await handset.hears('accept_reply');
      await this.#hangUp(handset);
    },
  );
  readonly #classicCancelled: Kind = this.#dialled(
    () => called.ringsUntilCancelled(),
    async (handset, uri) => {
      await this.#dialClassic(handset, uri);
      await handset.hears('ringing');
      await this.#hangUp(handset);
    },
  );
  readonly #classicGarbage: Kind = async (account) => {
    await this.#withHandset(account, async (handset) => {
      for (let time = 0; time < this.#times; time += 1) {
        handset.asks({ request: 'call', uri: '2001' }, { type: 'offer', sdp: 'v=0\r\nno SDP at all\r\n' });
        await handset.isRefused(444);
      }
    });
    return this.#times;
  };

  async #takeCall(handset: NodeHandset, type: 'offer' | 'answer' = 'answer'): Promise<void> {
    await handset.hears('incomingcall');
    handset.asks({ request: 'accept' }, madeUpSdp(type));
    await handset.hears('accept_reply');
  }

  readonly #incoming: Kind = this.#rung(
    (media) => calling.callsWithOffer({ media }),
    async (handset) => {
      await this.#takeCall(handset);
      await this.#hangUp(handset);
    },
  );
  readonly #incomingEndedByThePhone: Kind = this.#rung(
    (media) => calling.callsWithOffer({ media, then: calling.hangUp(20, { media }) }),
    async (handset) => {
      await this.#takeCall(handset);
      await handset.hears('hangup');
    },
  );
  readonly #incomingRefused: Kind = this.#rung(
    (media) => calling.isRefused(486, { media }),
    async (handset) => {
      await handset.hears('incomingcall');
      await this.#hangUp(handset);
    },
  );
  readonly #incomingCancelled: Kind = this.#rung(
    (media) => calling.cancels(20, { media }),
    async (handset) => {
      await handset.hears('hangup');
    },
  );
  readonly #incomingWithoutOffer: Kind = this.#rung(
    (media) => calling.callsWithoutOffer({ media }),
    async (handset) => {
      await this.#takeCall(handset, 'offer');
      await this.#hangUp(handset);
    },
  );
  readonly #byeWithoutAck: Kind = this.#rung(
    (media) => calling.hangsUpWithoutAck({ media }),
    async (handset) => {
      await handset.hears('incomingcall');
      handset.asks({ request: 'accept' }, madeUpSdp('answer'));
      await handset.hears('hangup');
    },
  );
  readonly #busy: Kind = this.#rung(
    (media) => calling.callsWithOffer({ media }),
    async (handset) => {
      await this.#takeCall(handset);
      await this.#withPeer(
        (media) => calling.isRefused(486, { media }),
        () => Promise.resolve(),
        {
          count: 1,
          calls: { number: '1003', port: this.#world.kamailio.port },
        },
      );
      await this.#hangUp(handset);
    },
  );
}

function raise(cause: unknown): never {
  throw cause;
}

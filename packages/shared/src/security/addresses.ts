import { BlockList, isIP, isIPv4 } from 'node:net';

type Range = readonly [address: string, bits: number];

/** IPv4 that is not the public internet's (IANA's special-purpose registry), and public ones that clouds use inside. */
const INNER_IPV4: readonly Range[] = [
  ['0.0.0.0', 8], // this host
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carriers' NAT, and a cloud's metadata
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // a cloud's host agent
  ['169.254.0.0', 16], // link-local, and most metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.52.193.0', 24], // multicast tunnels
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
];

/** All that is handed out of IPv6 is in here; what is not, is inner: loopback, ULA, link-local, NAT64, mapped ... */
const PUBLIC_IPV6: Range = ['2000::', 3]; // global unicast
const INNER_IPV6: readonly Range[] = [
  ['2001::', 23], // protocol assignments: Teredo, ORCHID, AMT
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: an IPv4 address inside
  ['3fff::', 20], // documentation
];

function blockList(ranges: readonly Range[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [address, bits] of ranges) list.addSubnet(address, bits, family);
  return list;
}
const innerIPv4 = blockList(INNER_IPV4, 'ipv4');
const publicIPv6 = blockList([PUBLIC_IPV6], 'ipv6');
const innerIPv6 = blockList(INNER_IPV6, 'ipv6');

/** An IPv4 address that is written as an IPv6 one (`::ffff:a.b.c.d`) is the IPv4 one; a zone is no part of an address. */
function plain(address: string): string {
  const bare = address.split('%', 1)[0] ?? '';
  const mapped = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(bare);
  if (!mapped) return bare;
  const [, dotted, high = '', low = ''] = mapped;
  if (dotted) return dotted;
  const bits = parseInt(high, 16) * 0x10000 + parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}

/** Whether an address belongs to the public internet; what is no address does not. */
export function isPublicAddress(address: string): boolean {
  const bare = plain(address);
  if (isIPv4(bare)) return !innerIPv4.check(bare, 'ipv4');
  return isIP(bare) === 6 && publicIPv6.check(bare, 'ipv6') && !innerIPv6.check(bare, 'ipv6');
}

/** Ranges of addresses, as read by `parseCidrs`. */
export interface Ranges {
  readonly has: (address: string) => boolean;
  readonly isEmpty: boolean;
}

/** Reads `address/bits, ...`; throws on what is none. A range of everything is none either. */
export function parseCidrs(text: string): Ranges {
  const list = new BlockList();
  const cidrs = text
    .split(',')
    .map((cidr) => cidr.trim())
    .filter(Boolean);
  for (const cidr of cidrs) {
    const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(cidr) ?? [];
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (isIP(address) === 0 || Number(bits) < 1) throw new Error('must be ranges like 10.1.0.0/16');
    list.addSubnet(address, Number(bits), family);
  }
  const has = (address: string): boolean => {
    const bare = plain(address);
    return isIP(bare) !== 0 && list.check(bare, isIPv4(bare) ? 'ipv4' : 'ipv6');
  };
  return { has, isEmpty: cidrs.length === 0 };
}

/** The open sockets of each member's devices: one a device, the newest. Sends; parses and decides nothing. */
import type { DeviceId, MemberId } from '#contract/ids.ts';
import { socketCloseCodes } from '#contract/signalling.ts';
import type { ServerMessage } from '#contract/signalling.ts';
import type { CallDevices } from './call-session.ts';
import { viewOfCall } from './call-view-policy.ts';

/** What is needed of a WebSocket; `ws` fulfils it. */
export interface DeviceSocket {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

export interface DeviceSockets {
  /** Makes this the device's socket; an older one is closed and told why. */
  open(memberId: MemberId, deviceId: DeviceId, socket: DeviceSocket): void;
  /** Returns whether the device is now without a socket: false where a newer one had taken the place. */
  close(memberId: MemberId, deviceId: DeviceId, socket: DeviceSocket): boolean;
  isOpen(memberId: MemberId, deviceId: DeviceId): boolean;
  of(memberId: MemberId): CallDevices;
  /** To every device of one member. */
  notify(memberId: MemberId, message: ServerMessage): void;
  /** To every device of every member. */
  broadcast(message: ServerMessage): void;
}

/** Some fifty snapshots: a page that is this far behind is better off with a new socket and one snapshot. */
const MOST_BUFFERED_BYTES = 128 * 1024;

export function sendMessage(socket: DeviceSocket, message: ServerMessage): void {
  if (socket.bufferedAmount > MOST_BUFFERED_BYTES) return socket.terminate();
  socket.send(JSON.stringify(message));
}

export function createDeviceSockets(): DeviceSockets {
  const members = new Map<MemberId, Map<DeviceId, DeviceSocket>>();
  return {
    open(memberId, deviceId, socket) {
      const devices = members.get(memberId) ?? new Map<DeviceId, DeviceSocket>();
      members.set(memberId, devices);
      const older = devices.get(deviceId);
      devices.set(deviceId, socket);
      if (older !== undefined && older !== socket) older.close(socketCloseCodes.deviceTakenOver, 'this device opened another socket');
    },
    close(memberId, deviceId, socket) {
      const devices = members.get(memberId);
      if (devices?.get(deviceId) !== socket) return false;
      devices.delete(deviceId);
      if (devices.size === 0) members.delete(memberId);
      return true;
    },
    isOpen: (memberId, deviceId) => members.get(memberId)?.has(deviceId) ?? false,
    of: (memberId) => ({
      tell(call) {
        const devices = members.get(memberId);
        for (const [deviceId, socket] of devices ?? []) sendMessage(socket, { type: 'call', call: viewOfCall(call, deviceId) });
        return devices?.size ?? 0;
      },
      send(deviceId, message) {
        const socket = members.get(memberId)?.get(deviceId);
        if (socket !== undefined) sendMessage(socket, message);
      },
    }),
    notify(memberId, message) {
      for (const socket of members.get(memberId)?.values() ?? []) sendMessage(socket, message);
    },
    broadcast(message) {
      for (const devices of members.values()) for (const socket of devices.values()) sendMessage(socket, message);
    },
  };
}

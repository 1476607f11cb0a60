/** The door of own phones: the number of each member's telephone, kept sealed, to which a call may be moved. */
export { createOwnPhoneRoutes } from './own-phone-routes.ts';
export { createOwnPhones, type OwnPhones } from './own-phones.ts';
export { sealedOwnPhoneColumns } from './sealed-own-phone-columns.ts';

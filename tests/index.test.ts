import { describe, expect, it } from 'vitest';

import * as face from '../src/index.js';

/**
 * The values of DESIGN.md, section 4, and beyond them only what tables' uploads need, constructors of refusals and of faults,
 * and two policies' kin.
 */
const designed = [
  'admit',
  'ClientVersion',
  'copeWithDeletedPatientDescriptors',
  'copeWithOldIdNums',
  'deviceId',
  'DeviceName',
  'encodeReply',
  'ensureDeviceRegistered',
  'ensureValidDeviceAndUserForUploading',
  'ensureValidUserForDeviceRegistration',
  'explicitPkNameForUploadTable',
  'handleTabletRequest',
  'isDeviceRegistered',
  'mayRegisterDevices',
  'mayUpload',
  'openTabletSession',
  'OperationName',
  'parseClientVersion',
  'parseTabletRequest',
  'pkNameInUploadTableNeitherFirstNorExplicit',
  'reloadDevice',
  'secret',
  'setSessionIdToken',
  'tabletSession',
  'TabletRequestFromForm',
  'userErrorMessage',
  'userId',
  'Username',
  'versionPolicy',
];
const ofUploads = [
  'allowedTable',
  'allowedTables',
  'hasOldIdNums',
  'selectAnswer',
  'separateOldIdNums',
  'uploadedTable',
];
const beyond = [
  'clientTooOldForTable',
  'clientVersionOrd',
  'defaultVersionPolicy',
  'duplicateColumn',
  'duplicateField',
  'fault',
  'invalidColumn',
  'invalidCredentials',
  'invalidField',
  'invalidNumber',
  'invalidTable',
  'missingField',
  'missingVersion',
  'nonsensicalVersion',
  'notAuthorizedToRegisterDevices',
  'notAuthorizedToUpload',
  'notPost',
  'noUploadGroup',
  'refused',
  'reservedColumn',
  'reservedDeviceName',
  'reservedUsername',
  'unregisteredDevice',
  'unsupportedOperation',
  'versionBlocked',
  'versionTooNew',
  'versionTooOld',
];

describe('the public face', () => {
  it('has the names of the design, and no other', () => {
    expect(Object.keys(face).sort()).toEqual([...designed, ...ofUploads, ...beyond].sort());
  });

  it('has no default export', () => {
    expect(face).not.toHaveProperty('default');
  });
});
